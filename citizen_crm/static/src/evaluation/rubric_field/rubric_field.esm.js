import {Component} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";

/** Findings with the key that chooses each of them while its criterion has the focus. */
const FINDINGS = [
    {value: "met", key: "1", label: _t("Met")},
    {value: "not_met", key: "2", label: _t("Not met")},
    {value: "not_applicable", key: "3", label: _t("Does not apply")},
];

/**
 * The criteria of a rubric, each with three choices and a comment.
 *
 * Works on a Json field: a list of {id, name, help, verdict, comment}. Tab goes from
 * criterion to criterion, 1, 2 and 3 (or the arrows) choose.
 */
export class RubricField extends Component {
    static template = "citizen_crm.RubricField";
    static props = {...standardFieldProps};

    setup() {
        this.findings = FINDINGS;
    }

    get rows() {
        return this.props.record.data[this.props.name] || [];
    }

    label(verdict) {
        const finding = FINDINGS.find(({value}) => value === verdict);
        return finding ? finding.label : "–";
    }

    group(row) {
        return `o_rubric_${this.props.record.resId || 0}_${row.id}`;
    }

    change(id, values) {
        const rows = this.rows.map((row) =>
            row.id === id ? {...row, ...values} : {...row}
        );
        return this.props.record.update({[this.props.name]: rows});
    }

    onChoose(row, verdict) {
        return this.change(row.id, {verdict});
    }

    onComment(row, ev) {
        return this.change(row.id, {comment: ev.target.value});
    }

    onKeydown(row, ev) {
        const finding = FINDINGS.find(({key}) => key === ev.key);
        if (finding && ev.target.type === "radio" && !ev.ctrlKey && !ev.altKey) {
            ev.preventDefault();
            const set = ev.currentTarget;
            set.querySelector(`input[value="${finding.value}"]`).focus();
            return this.onChoose(row, finding.value);
        }
    }
}

export const rubricField = {
    component: RubricField,
    displayName: _t("Rubric"),
    supportedTypes: ["jsonb"],
};

registry.category("fields").add("citizen_rubric", rubricField);
