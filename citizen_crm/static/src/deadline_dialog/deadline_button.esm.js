import {Component, xml} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {standardWidgetProps} from "@web/views/widgets/standard_widget_props";
import {useDeadlineDialog} from "./deadline_dialog.esm";

/** The button "Why this deadline?" of a case's form. */
export class DeadlineButton extends Component {
    static template = xml`
        <button
            t-if="props.record.resId"
            type="button"
            class="btn btn-link p-0"
            t-on-click="() => this.explain(props.record.resId)"
        >Why this deadline?</button>`;
    static props = {...standardWidgetProps};

    setup() {
        this.explain = useDeadlineDialog();
    }
}

registry.category("view_widgets").add("deadline_button", {component: DeadlineButton});
