import {Component, onWillStart, useState} from "@odoo/owl";
import {balance, fill, localTime, points, useEntryCase} from "../assignment_why/points.esm";
import {Layout} from "@web/search/layout";
import {formatFloat} from "@web/core/utils/numbers";
import {registry} from "@web/core/registry";
import {standardActionServiceProps} from "@web/webclient/actions/action_service";
import {useService} from "@web/core/utils/hooks";

/** My Share: how an employee stands in the ledgers of the own teams. */
export class AssignmentShare extends Component {
    static template = "citizen_crm.AssignmentShare";
    static components = {Layout};
    static props = {...standardActionServiceProps};

    setup() {
        this.orm = useService("orm");
        this.openCase = useEntryCase();
        this.fill = fill;
        this.display = {controlPanel: {}};
        this.points = points;
        this.balance = balance;
        this.localTime = localTime;
        this.state = useState({share: null});
        onWillStart(() => this.load());
    }

    get share() {
        return this.state.share;
    }

    async load() {
        this.state.share = await this.orm.call(
            "citizen.assignment.balance",
            "get_my_share",
            []
        );
    }

    index(value) {
        return formatFloat(value, {digits: [16, 3]});
    }

    percent(value) {
        return Math.round(100 * value);
    }
}

registry.category("actions").add("citizen_crm.assignment_share", AssignmentShare);
