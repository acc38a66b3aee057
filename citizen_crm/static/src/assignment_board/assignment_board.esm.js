import {Component, onWillStart, useState} from "@odoo/owl";
import {
    balance,
    fill,
    localTime,
    points,
    useEntryCase,
    waited,
} from "../assignment_why/points.esm";
import {JainChart} from "./jain_chart.esm";
import {Layout} from "@web/search/layout";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {standardActionServiceProps} from "@web/webclient/actions/action_service";
import {useService} from "@web/core/utils/hooks";
import {useSetupAction} from "@web/search/action_hook";

/** Colours of where somebody stands to today's work; the words say the same. */
const LOOKS = {
    on_duty: "text-bg-success",
    off: "text-bg-secondary",
    on_leave: "text-bg-warning",
    leaving: "text-bg-info",
};

/** The fair work board: how the work of a team is shared, for who leads it. */
export class AssignmentBoard extends Component {
    static template = "citizen_crm.AssignmentBoard";
    static components = {JainChart, Layout};
    static props = {...standardActionServiceProps};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.display = {controlPanel: {}};
        this.openEntry = useEntryCase();
        this.fill = fill;
        this.points = points;
        this.balance = balance;
        this.localTime = localTime;
        this.waited = waited;
        this.state = useState({board: null, at: null, busy: false});
        const {teamId, days} = this.props.state || {};
        onWillStart(() => this.load(teamId || this.openedFrom, days || 30));
        useSetupAction({
            getLocalState: () => ({teamId: this.board.team_id, days: this.board.days}),
        });
    }

    get board() {
        return this.state.board;
    }

    /** The team on whose form the board was opened. */
    get openedFrom() {
        const {active_model: model, active_id: id} = this.props.action.context || {};
        return model === "helpdesk.ticket.team" && id ? id : false;
    }

    get refreshed() {
        return this.state.at.toLocaleString(luxon.DateTime.TIME_SIMPLE);
    }

    async load(teamId, days) {
        this.state.busy = true;
        try {
            this.state.board = await this.orm.call(
                "helpdesk.ticket.team",
                "get_assignment_board",
                [teamId, days]
            );
            this.state.at = luxon.DateTime.now();
        } finally {
            this.state.busy = false;
        }
    }

    refresh() {
        return this.load(this.board.team_id, this.board.days);
    }

    onTeamChange(ev) {
        return this.load(Number(ev.target.value) || false, this.board.days);
    }

    onDaysChange(ev) {
        return this.load(this.board.team_id, Number(ev.target.value));
    }

    /** The words over the columns, which a phone shows before each value. */
    get labels() {
        return {
            today: _t("Today"),
            capacity: _t("Capacity"),
            received: _t("Points Received"),
            share: _t("Own Share"),
            open: _t("Open"),
            balance: _t("Balance"),
            fullTime: _t("For Full Time"),
            byHand: _t("By Hand"),
        };
    }

    look(member) {
        return LOOKS[member.presence];
    }

    presence(member) {
        const until = member.until && this.localTime(member.until);
        return {
            on_duty: _t("On duty"),
            off: _t("Not working now"),
            on_leave: until ? _t("Away until %s", until) : _t("Away"),
            leaving: _t("Last day before leave"),
        }[member.presence];
    }

    percent(value) {
        return Math.round(100 * value);
    }

    /** Give out what waits, and show what became of it. */
    async assignNow() {
        this.state.busy = true;
        try {
            const action = await this.orm.call(
                "helpdesk.ticket.team",
                "action_assign_now",
                [[this.board.team_id]]
            );
            // The board reloads itself.
            delete action.params.next;
            await this.action.doAction(action);
            await this.refresh();
        } finally {
            this.state.busy = false;
        }
    }

    openCase(caseId) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "helpdesk.ticket",
            res_id: caseId,
            views: [[false, "form"]],
        });
    }
}

registry.category("actions").add("citizen_crm.assignment_board", AssignmentBoard);
