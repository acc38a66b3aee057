import {Component, onWillStart} from "@odoo/owl";
import {Dialog} from "@web/core/dialog/dialog";
import {_t} from "@web/core/l10n/translation";
import {localTime} from "./points.esm";
import {useService} from "@web/core/utils/hooks";

/** Why a case is with its handler: the ledger's entry in words, and its check. */
export class AssignmentWhyDialog extends Component {
    static template = "citizen_crm.AssignmentWhyDialog";
    static components = {Dialog};
    static props = {caseId: Number, close: Function};

    setup() {
        this.orm = useService("orm");
        onWillStart(async () => {
            this.told = await this.orm.call(
                "helpdesk.ticket",
                "get_assignment_explanation",
                [[this.props.caseId]]
            );
        });
    }

    get charge() {
        return this.told.charge;
    }

    get title() {
        return this.charge?.is_mine
            ? _t("Why me: %s", this.told.case)
            : _t("Why this handler: %s", this.told.case);
    }

    get givenAt() {
        return localTime(this.charge.at);
    }

    /** How the own line of the list is called. */
    get own() {
        return this.charge.is_mine ? _t("you") : this.told.handler;
    }
}

/** Opens the dialog of a case. */
export function useAssignmentWhy() {
    const dialog = useService("dialog");
    return (caseId) => dialog.add(AssignmentWhyDialog, {caseId});
}
