import {Component, useState} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {useService} from "@web/core/utils/hooks";
import {focusSoon} from "./focus.esm";
import {SuggestBox} from "./suggest_box.esm";

/** Who speaks: somebody known, somebody new, or nobody by name. */
export class IntakePerson extends Component {
    static template = "citizen_crm.IntakePerson";
    static components = {SuggestBox};
    static props = {form: Object, start: Object, onDone: Function};

    setup() {
        this.orm = useService("orm");
        this.form = useState(this.props.form);
        this.searchPeople = this.searchPeople.bind(this);
        this.searchOrganisations = this.searchOrganisations.bind(this);
        this.typed = "";
    }

    get emptyText() {
        return _t("Nobody found. Alt+N: new person, Alt+A: anonymous.");
    }

    async searchPeople(term) {
        const found = await this.orm.call("citizen.intake", "search_people", [term]);
        this.typed = term;
        this.kind = found.kind;
        return found.people;
    }

    searchOrganisations(term) {
        return this.orm.call("citizen.intake", "search_organisations", [term]);
    }

    getCases(person) {
        const cases = person.cases.map(
            ({number, title, stage}) => `${number} ${title} (${stage})`
        );
        return [person.district, cases.join("; ") || _t("No case yet")]
            .filter(Boolean)
            .join(" · ");
    }

    pick(person) {
        Object.assign(this.form, {
            person_kind: "known",
            person,
            home_district_id: person.district_id || false,
        });
        if (person.is_organisation) {
            this.form.setRole("customer");
        }
        this.props.onDone();
    }

    /** Take over what was typed, so that nothing has to be typed twice. */
    startNew() {
        const {form} = this;
        form.person_kind = "new";
        const field = {phone: "phone", email: "email", name: "person_name"}[this.kind];
        if (field && !form[field]) {
            form[field] = this.typed;
        }
        focusSoon("intake_person_name");
    }

    stayAnonymous() {
        this.form.person_kind = "anonymous";
        this.props.onDone();
    }

    change() {
        const {form} = this;
        Object.assign(form, {person_kind: "", person: null});
        focusSoon("intake_person");
    }

    pickOrganisation(organisation) {
        Object.assign(this.form, {
            organisation_id: organisation.id,
            organisation_name: organisation.name,
        });
        this.form.setRole("customer");
        focusSoon("intake_category");
    }

    onOrganisationText(text) {
        Object.assign(this.form, {
            organisation_id: false,
            organisation_name: text,
        });
    }

    toggleNeed(id, ev) {
        const {form} = this;
        form.need_ids = ev.target.checked
            ? [...form.need_ids, id]
            : form.need_ids.filter((other) => other !== id);
    }
}
