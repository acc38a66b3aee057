import {Component} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {formatDateTime} from "@web/core/l10n/dates";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";
import {useDeadlineDialog} from "../deadline_dialog/deadline_dialog.esm";
import {useMinute} from "./minute.esm";

/** Icon and colour of each state; the text says the same. */
const LOOKS = {
    late: ["fa-exclamation-circle", "text-bg-danger"],
    soon: ["fa-hourglass-half", "text-bg-warning"],
    running: ["fa-clock-o", "text-bg-success"],
    paused: ["fa-pause-circle", "text-bg-info"],
    problem: ["fa-wrench", "text-bg-danger"],
    none: ["fa-minus", "o_due_quiet"],
    answered: ["fa-check", "o_due_quiet"],
};

/**
 * How much working time is left for the answer: "2 d 3 h left", "late by 5 h".
 *
 * Stands on the field "due_badge", or on "due_date" where a list is to be sorted. The
 * server tells ahead what is to be said when, so that a screen left open stays true. A
 * click says why the deadline is what it is.
 */
export class DueBadgeField extends Component {
    static template = "citizen_crm.DueBadgeField";
    static props = {...standardFieldProps};

    setup() {
        this.now = useMinute();
        this.openExplanation = useDeadlineDialog();
    }

    get badge() {
        return this.props.record.data.due_badge || {};
    }

    /** What holds now: the last of the told steps that has come. */
    get current() {
        const {state, text, steps} = this.badge;
        const now = this.now();
        const step = (steps || []).findLast(([at]) => at <= now);
        return step ? {state: step[1], text: step[2]} : {state, text};
    }

    get icon() {
        return LOOKS[this.current.state][0];
    }

    get look() {
        return `o_due_${this.current.state} ${LOOKS[this.current.state][1]}`;
    }

    get date() {
        const {due} = this.badge;
        return due ? formatDateTime(luxon.DateTime.fromSeconds(due)) : "";
    }

    /** Everything that the badge stands for, one line each. */
    get title() {
        const {about, why} = this.badge;
        const due = this.date && _t("Due: %s", this.date);
        return [this.current.text, why, due, about].filter(Boolean).join("\n");
    }

    /** A list would take Enter for itself and open the case. */
    onKeydown(ev) {
        if (["Enter", " "].includes(ev.key)) {
            ev.stopPropagation();
        }
    }

    explain() {
        const {resId} = this.props.record;
        if (resId) {
            this.openExplanation(resId);
        }
    }

    get label() {
        return _t("Why this deadline? %s", this.title.replaceAll("\n", ". "));
    }
}

export const dueBadgeField = {
    component: DueBadgeField,
    displayName: _t("Time left"),
    supportedTypes: ["json", "datetime"],
    fieldDependencies: [{name: "due_badge", type: "json"}],
    isEmpty: (record) => !record.data.due_badge?.text,
};

registry.category("fields").add("due_badge", dueBadgeField);
