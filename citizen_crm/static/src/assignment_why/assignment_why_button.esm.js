import {Component, xml} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {standardWidgetProps} from "@web/views/widgets/standard_widget_props";
import {useAssignmentWhy} from "./assignment_why_dialog.esm";
import {user} from "@web/core/user";

/** The button "Why me?" of a case's form. */
export class AssignmentWhyButton extends Component {
    static template = xml`
        <button
            t-if="props.record.resId"
            type="button"
            class="btn btn-link p-0 o_assignment_why"
            t-on-click="() => this.explain(props.record.resId)"
            t-out="label"
        />`;
    static props = {...standardWidgetProps};

    setup() {
        this.explain = useAssignmentWhy();
    }

    get label() {
        const handler = this.props.record.data.user_id;
        return handler?.id === user.userId ? _t("Why me?") : _t("Why this handler?");
    }
}

registry
    .category("view_widgets")
    .add("assignment_why_button", {component: AssignmentWhyButton});
