import {Component} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";
import {uuid} from "@web/core/utils/strings";

/** Kinds of answers, in the words of whoever writes questions. */
const KINDS = [
    ["char", _t("Short text")],
    ["text", _t("Long text")],
    ["boolean", _t("Yes or no")],
    ["selection", _t("One of a list")],
    ["tags", _t("Several of a list")],
    ["integer", _t("Whole number")],
    ["float", _t("Number")],
    ["date", _t("Date")],
    ["datetime", _t("Date and time")],
    ["separator", _t("Heading, no question")],
];
const LISTS = ["selection", "tags"];
const TAG_COLORS = 11;

/** A name for a property or a choice: letters and digits only, never used before. */
function newName() {
    return uuid().replaceAll("-", "").slice(0, 16);
}

/**
 * The questions of a service type, as a list that can be read and changed in place.
 *
 * Works on a field of type "properties_definition". A choice that is renamed keeps its
 * key, so that the answers already given keep their meaning.
 */
export class QuestionListField extends Component {
    static template = "citizen_crm.QuestionListField";
    static props = {...standardFieldProps};

    setup() {
        this.kinds = KINDS;
    }

    get questions() {
        return this.props.record.data[this.props.name] || [];
    }

    kindLabel(question) {
        const kind = KINDS.find(([key]) => key === question.type);
        return kind ? kind[1] : question.type;
    }

    isKnownKind(question) {
        return KINDS.some(([key]) => key === question.type);
    }

    isList(question) {
        return LISTS.includes(question.type);
    }

    choices(question) {
        return (question[question.type] || []).map((choice) => choice[1]);
    }

    async save(questions) {
        await this.props.record.update({[this.props.name]: questions});
    }

    change(index, values) {
        return this.save(
            this.questions.map((question, position) =>
                position === index ? {...question, ...values} : question
            )
        );
    }

    onLabelChange(index, ev) {
        return this.change(index, {string: ev.target.value.trim()});
    }

    onKindChange(index, ev) {
        const {name, string} = this.questions[index];
        const question = {name, string, type: ev.target.value};
        const former = this.questions[index];
        if (this.isList(question)) {
            const choices = this.isList(former) ? former[former.type] || [] : [];
            question[question.type] = choices.map(([key, label], position) =>
                this.makeChoice(question.type, key, label, position)
            );
        }
        return this.save(this.questions.toSpliced(index, 1, question));
    }

    makeChoice(type, key, label, position) {
        return type === "tags"
            ? [key, label, (position % TAG_COLORS) + 1]
            : [key, label];
    }

    /** One choice a line; a renamed line keeps the key of the line it stands for. */
    onChoicesChange(index, ev) {
        const question = this.questions[index];
        const former = question[question.type] || [];
        const labels = [
            ...new Set(
                ev.target.value
                    .split("\n")
                    .map((line) => line.trim())
                    .filter(Boolean)
            ),
        ];
        const gone = former.filter(([, label]) => !labels.includes(label));
        const added = labels.filter(
            (label) => !former.some(([, known]) => known === label)
        );
        const renamed = new Map();
        if (gone.length === added.length) {
            added.forEach((label, position) => renamed.set(label, gone[position][0]));
        }
        const choices = labels.map((label, position) => {
            const known = former.find((choice) => choice[1] === label);
            const key = known ? known[0] : renamed.get(label) || newName();
            return this.makeChoice(question.type, key, label, position);
        });
        return this.change(index, {[question.type]: choices});
    }

    onAdd() {
        return this.save([
            ...this.questions,
            {name: newName(), string: _t("New question"), type: "char"},
        ]);
    }

    onRemove(index) {
        return this.save(this.questions.toSpliced(index, 1));
    }

    onMove(index, step) {
        const questions = [...this.questions];
        const [question] = questions.splice(index, 1);
        questions.splice(index + step, 0, question);
        return this.save(questions);
    }
}

export const questionListField = {
    component: QuestionListField,
    displayName: _t("List of questions"),
    supportedTypes: ["properties_definition"],
};

registry.category("fields").add("question_list", questionListField);
