import {Component, onWillStart} from "@odoo/owl";
import {Dialog} from "@web/core/dialog/dialog";
import {_t} from "@web/core/l10n/translation";
import {toLocaleDateTimeString} from "@web/core/l10n/dates";
import {useService} from "@web/core/utils/hooks";

const {DateTime} = luxon;
const DAY = {weekday: "short", day: "numeric", month: "short"};
/** Colour of each state of a clock; its name says the same. */
const LOOKS = {
    running: "text-bg-success",
    paused: "text-bg-info",
    met: "text-bg-success",
    missed: "text-bg-danger",
    undetermined: "text-bg-danger",
};

/** Why a case has its deadlines: rule, calendar, pauses, and the way date by date. */
export class DeadlineDialog extends Component {
    static template = "citizen_crm.DeadlineDialog";
    static components = {Dialog};
    static props = {caseId: Number, close: Function};

    setup() {
        this.orm = useService("orm");
        onWillStart(async () => {
            this.told = await this.orm.call(
                "helpdesk.ticket",
                "get_deadline_explanation",
                [[this.props.caseId]]
            );
        });
    }

    get title() {
        return _t("Why this deadline: %s", this.told.case || "");
    }

    get promises() {
        return this.told.promises.map((promise, index) => ({
            ...promise,
            isOpen: index === 0,
        }));
    }

    look(promise) {
        return LOOKS[promise.state] || "text-bg-secondary";
    }

    /** An instant by the clock of whoever looks. */
    when(at) {
        return at === null ? "" : toLocaleDateTimeString(DateTime.fromSeconds(at));
    }

    /** The dates of a row of the trace; they are the calendar's own. */
    dates(row) {
        const [first, last] = [row.first, row.last].map((day) =>
            DateTime.fromISO(day).toLocaleString(DAY)
        );
        return first === last ? first : `${first} – ${last}`;
    }

    /** What a row of the trace is, beside its numbers. */
    remark(row) {
        if (row.is_skipped) {
            return _t("(dates left out)");
        }
        if (row.number) {
            return _t("day %s", row.number);
        }
        if (row.kind === "off") {
            return _t("no working time");
        }
        return row.paused === "0:00" ? "" : _t("paused");
    }
}

/** Opens the dialog of a case; for the badge and for buttons. */
export function useDeadlineDialog() {
    const dialog = useService("dialog");
    return (caseId) => dialog.add(DeadlineDialog, {caseId});
}
