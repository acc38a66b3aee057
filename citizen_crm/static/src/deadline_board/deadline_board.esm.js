import {Component, onWillStart, useState} from "@odoo/owl";
import {Layout} from "@web/search/layout";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {standardActionServiceProps} from "@web/webclient/actions/action_service";
import {useService} from "@web/core/utils/hooks";
import {useSetupAction} from "@web/search/action_hook";

/** Colours of the columns that press; the heading says the same. */
const LOOKS = {
    late: "text-bg-danger",
    today: "text-bg-warning",
    tomorrow: "text-bg-info",
};

/** The deadline board: who of a lead's teams has how many cases due when. */
export class DeadlineBoard extends Component {
    static template = "citizen_crm.DeadlineBoard";
    static components = {Layout};
    static props = {...standardActionServiceProps};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.display = {controlPanel: {}};
        this.state = useState({board: null, at: null, busy: false});
        onWillStart(() => this.load(this.props.state?.teamId || false));
        useSetupAction({getLocalState: () => ({teamId: this.board.team_id})});
    }

    get board() {
        return this.state.board;
    }

    get refreshed() {
        return this.state.at.toLocaleString(luxon.DateTime.TIME_SIMPLE);
    }

    /** How the sums are called, over their column and before their row. */
    get all() {
        return _t("All");
    }

    /** The rows, and below them their sums. */
    get rows() {
        return [...this.board.rows, this.makeTotal()].map((row) => ({
            ...row,
            total: this.sum(Object.values(row.cells)),
        }));
    }

    async load(teamId) {
        this.state.busy = true;
        try {
            this.state.board = await this.orm.call(
                "helpdesk.ticket",
                "get_deadline_board",
                [teamId]
            );
            this.state.at = luxon.DateTime.now();
        } finally {
            this.state.busy = false;
        }
    }

    refresh() {
        return this.load(this.board.team_id);
    }

    onTeamChange(ev) {
        return this.load(Number(ev.target.value) || false);
    }

    sum(cells) {
        return cells.reduce(
            (total, cell) => ({
                count: total.count + cell.count,
                points: total.points + cell.points,
            }),
            {count: 0, points: 0}
        );
    }

    makeTotal() {
        const cells = {};
        for (const {key} of this.board.columns) {
            cells[key] = this.sum(this.board.rows.map((row) => row.cells[key]));
        }
        return {user_id: null, name: this.all, cells, isTotal: true};
    }

    look(column) {
        return LOOKS[column.key] || "o_board_calm";
    }

    points(cell) {
        const points = Math.round(cell.points * 10) / 10;
        return points === 1 ? _t("1 point") : _t("%s points", points);
    }

    /** What a cell says to whoever cannot see where it stands. */
    label(row, column, cell) {
        return _t("%(name)s, %(column)s: %(count)s cases, %(points)s", {
            name: row.name,
            column: column.label,
            count: cell.count,
            points: this.points(cell),
        });
    }

    /** Open the cases of a row, of one column or of all. */
    open(row, column) {
        const domain = [...this.board.domain];
        if (!row.isTotal) {
            domain.push(["user_id", "=", row.user_id]);
        }
        if (column) {
            domain.push(["due_column", "=", column.key]);
        }
        return this.action.doAction({
            type: "ir.actions.act_window",
            name: column ? `${row.name}: ${column.label}` : row.name,
            res_model: "helpdesk.ticket",
            views: [
                [false, "list"],
                [false, "kanban"],
                [false, "form"],
            ],
            domain,
        });
    }
}

registry.category("actions").add("citizen_crm.deadline_board", DeadlineBoard);
