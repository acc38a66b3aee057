import {Component} from "@odoo/owl";

const INPUT_TYPES = {
    integer: "number",
    float: "number",
    date: "date",
    datetime: "datetime-local",
};

/** The questions of a service type; each answer goes to `answers` under its name. */
export class IntakeQuestions extends Component {
    static template = "citizen_crm.IntakeQuestions";
    static props = {questions: Array, answers: Object};

    inputType(question) {
        return INPUT_TYPES[question.type] || "text";
    }

    setValue(question, ev) {
        const value = ev.target.value;
        this.props.answers[question.name] = this.convert(question, value);
    }

    convert(question, value) {
        if (value === "") {
            return false;
        }
        switch (question.type) {
            case "boolean":
                return value === "yes";
            case "integer":
            case "float":
                return Number(value);
            case "datetime":
                return `${value.replace("T", " ")}:00`;
            default:
                return value;
        }
    }

    toggleTag(question, tag, ev) {
        const chosen = this.props.answers[question.name] || [];
        this.props.answers[question.name] = ev.target.checked
            ? [...chosen, tag]
            : chosen.filter((other) => other !== tag);
    }
}
