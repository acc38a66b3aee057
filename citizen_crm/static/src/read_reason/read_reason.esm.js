import {Component, useEffect, xml} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";
import {standardWidgetProps} from "@web/views/widgets/standard_widget_props";

/** Asks why a confidential case is opened, once a day, by a small dialog. */
export class ReadReason extends Component {
    static template = xml`<span class="d-none"/>`;
    static props = {...standardWidgetProps};

    setup() {
        const action = useService("action");
        useEffect(
            (caseId, isNeeded) => {
                if (caseId && isNeeded) {
                    action.doAction("citizen_crm.citizen_case_read_reason_action", {
                        additionalContext: {default_case_id: caseId},
                        onClose: () => this.props.record.load(),
                    });
                }
            },
            () => [this.props.record.resId, this.props.record.data.read_reason_needed]
        );
    }
}

registry.category("view_widgets").add("citizen_read_reason", {
    component: ReadReason,
    fieldDependencies: [{name: "read_reason_needed", type: "boolean"}],
});
