import {Component, onWillStart, useExternalListener, useState} from "@odoo/owl";
import {Layout} from "@web/search/layout";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {standardActionServiceProps} from "@web/webclient/actions/action_service";
import {useService} from "@web/core/utils/hooks";
import {IntakeDone} from "./intake_done.esm";
import {IntakeDuplicates} from "./intake_duplicates.esm";
import {IntakeForm} from "./intake_form.esm";
import {IntakePerson} from "./intake_person.esm";
import {IntakeQuestions} from "./intake_questions.esm";
import {focusSoon} from "./focus.esm";
import {SuggestBox} from "./suggest_box.esm";

const FIELDS = "input:not([type=radio]), select, textarea, input[type=radio]:checked";

/** New Intake: a case at the phone or the counter, from the first word to its number. */
export class IntakeAction extends Component {
    static template = "citizen_crm.IntakeAction";
    static components = {
        IntakeDone,
        IntakeDuplicates,
        IntakePerson,
        IntakeQuestions,
        Layout,
        SuggestBox,
    };
    static props = {...standardActionServiceProps};

    setup() {
        this.orm = useService("orm");
        this.display = {controlPanel: {}};
        this.state = useState({form: null, done: null, error: "", busy: false, count: 0});
        this.searchTypes = this.searchTypes.bind(this);
        onWillStart(async () => {
            this.start = await this.orm.call("citizen.intake", "get_start", []);
            this.state.form = new IntakeForm(this.start);
        });
        useExternalListener(window, "keydown", (ev) => this.onKeydown(ev));
    }

    get form() {
        return this.state.form;
    }

    get needsOralRecord() {
        return this.form.needsOralRecord(this.start.channels);
    }

    get roleReason() {
        const {form} = this;
        if (form.isRoleChosen) {
            return _t("Chosen by you.");
        }
        if (form.person?.is_organisation || form.organisation_name) {
            return _t("Proposed because an organisation speaks.");
        }
        return _t("Proposed by the service type.");
    }

    searchTypes(term) {
        return this.orm.call("citizen.intake", "search_service_types", [term]);
    }

    async pickType(option) {
        const type = await this.orm.call("citizen.intake", "get_service_type", [
            option.id,
        ]);
        this.form.setType(type);
        const question = type.questions[0];
        focusSoon(question ? `intake_q_${question.name}` : "intake_place");
    }

    changeType() {
        this.form.type = null;
        focusSoon("intake_category");
    }

    onPersonDone() {
        this.form.proposeDistrict(this.form.person?.district_id);
        focusSoon(this.form.type ? "intake_place" : "intake_category");
    }

    onDistrict() {
        this.form.isDistrictChosen = true;
    }

    onDuplicates(found) {
        if (found.length && found[0].score > 0.7 && !this.form.district_id) {
            this.form.proposeDistrict(found[0].district_id);
        }
    }

    join(duplicate) {
        this.form.lead = duplicate;
    }

    separate() {
        this.form.lead = null;
    }

    onUnread() {
        focusSoon("intake_oral_reason");
    }

    onKeydown(ev) {
        if (ev.key !== "Enter" || this.state.done) {
            return;
        }
        if (ev.ctrlKey || ev.metaKey) {
            ev.preventDefault();
            this.register();
        } else if (ev.target.matches(".o_intake input, .o_intake select")) {
            if (!ev.defaultPrevented) {
                ev.preventDefault();
                this.focusNext(ev.target);
            }
        }
    }

    focusNext(field) {
        const fields = [...document.querySelectorAll(".o_intake_form")].flatMap((form) =>
            [...form.querySelectorAll(FIELDS)].filter((el) => el.offsetParent)
        );
        fields[fields.indexOf(field) + 1]?.focus();
    }

    async register() {
        if (this.state.busy) {
            return;
        }
        const {channels} = this.start;
        const problem = this.form.getProblem(channels);
        if (problem) {
            this.state.error = problem[2];
            focusSoon(problem[1]);
            return;
        }
        Object.assign(this.state, {busy: true, error: ""});
        try {
            const values = this.form.toValues(channels);
            this.state.done = await this.orm.call("citizen.intake", "register", [values]);
        } catch (error) {
            this.state.error = error.data?.message || error.message;
        } finally {
            this.state.busy = false;
        }
    }

    /** Start again with the same channel. */
    next() {
        this.start.channel_id = this.form.channel_id;
        Object.assign(this.state, {
            form: new IntakeForm(this.start),
            done: null,
            error: "",
            count: this.state.count + 1,
        });
    }
}

registry.category("actions").add("citizen_crm.intake", IntakeAction);
