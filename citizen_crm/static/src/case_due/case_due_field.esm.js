import {
    RemainingDaysField,
    remainingDaysField,
} from "@web/views/fields/remaining_days/remaining_days_field";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";

/**
 * The due date of a case in words: "3 days late", "Due today", "In 2 days".
 *
 * Colour alone does not tell anybody who cannot see it that a case is late.
 */
export class CaseDueField extends RemainingDaysField {
    static defaultProps = {
        classes: {
            bf: "days <= 0 or late",
            danger: "days < 0 or late",
            warning: "days == 0 and not late",
        },
    };

    get isLate() {
        const value = this.props.record.data[this.props.name];
        return Boolean(value) && value < luxon.DateTime.now();
    }

    get diffString() {
        const days = this.diffDays;
        if (days === null) {
            return "";
        }
        if (days < -1) {
            return _t("%s days late", -days);
        }
        if (days === -1) {
            return _t("1 day late");
        }
        if (days === 0) {
            return this.isLate ? _t("Late since today") : _t("Due today");
        }
        return super.diffString;
    }

    get classNames() {
        if (this.diffDays === null) {
            return null;
        }
        return {
            "fw-bold": this.diffDays <= 0,
            "text-danger": this.isLate,
            "text-warning-emphasis": this.diffDays === 0 && !this.isLate,
        };
    }
}

registry.category("fields").add("case_due", {
    ...remainingDaysField,
    component: CaseDueField,
});
