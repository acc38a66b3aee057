import {_t} from "@web/core/l10n/translation";

const MAX_TITLE = 200;

/** What the clerk has written down so far; knows what is missing and what to send. */
export class IntakeForm {
    constructor(start) {
        Object.assign(this, {
            channel_id: start.channel_id,
            person_kind: "",
            person: null,
            person_name: "",
            phone: "",
            email: "",
            lang: start.lang,
            home_district_id: "",
            need_ids: [],
            organisation_id: false,
            organisation_name: "",
            type: null,
            role: "",
            nature: "",
            isRoleChosen: false,
            answers: {},
            place: "",
            district_id: "",
            isDistrictChosen: false,
            ownTitle: null,
            description: "",
            lead: null,
            oral_record_state: "",
            oral_record_reason: "",
            oral_record_note: "",
        });
    }

    /** The title that follows from type and place, unless the clerk wrote one. */
    get title() {
        if (this.ownTitle !== null) {
            return this.ownTitle;
        }
        const proposed = [this.type?.name, this.place.trim()].filter(Boolean);
        return proposed.join(" – ").slice(0, MAX_TITLE);
    }

    set title(value) {
        this.ownTitle = value || null;
    }

    setType(type) {
        this.type = type;
        this.answers = {};
        this.nature = type.nature;
        if (!this.isRoleChosen) {
            this.role = this.person?.is_organisation ? "customer" : type.role;
        }
    }

    /** Set a role that follows from the person; the clerk may still change it. */
    setRole(role) {
        this.role = role;
    }

    toggleRole() {
        this.role = this.role === "citizen" ? "customer" : "citizen";
        this.isRoleChosen = true;
    }

    setNature(nature) {
        this.nature = nature;
    }

    proposeDistrict(id) {
        if (!this.isDistrictChosen && id) {
            this.district_id = id;
        }
    }

    needsOralRecord(channels) {
        const channel = channels.find((other) => other.id === this.channel_id);
        return Boolean(this.role === "citizen" && channel?.is_oral);
    }

    /** The first thing that is missing: the id of its field and what to tell. */
    getProblem(channels) {
        const problems = [
            [!this.person_kind, "intake_person", _t("Person: find somebody, or choose new or anonymous.")],
            [
                this.person_kind === "new" && !this.person_name.trim(),
                "intake_person_name",
                _t("Name: a new person needs a name."),
            ],
            [!this.type, "intake_category", _t("Service Type: choose what the case is about.")],
            [
                this.role === "customer" && this.person_kind === "anonymous",
                "intake_role",
                _t("Person: a customer case needs to know whom the service is for."),
            ],
            [
                this.role === "citizen" && this.person?.is_organisation,
                "intake_role",
                _t("Person: an organisation speaks as a customer. Choose the contact who speaks, or make it a customer case."),
            ],
            ...this.getOralProblems(channels),
        ];
        return problems.find(([missing]) => missing);
    }

    getOralProblems(channels) {
        const {oral_record_state: state, oral_record_reason: reason} = this;
        const needed = this.needsOralRecord(channels);
        return [
            [
                needed && !state,
                "intake_read_back",
                _t("Oral Record: read the case back and have it confirmed, or say why not."),
            ],
            [
                needed && state === "not_read_back" && !reason,
                "intake_oral_reason",
                _t("Why Not Read Back: choose the reason."),
            ],
            [
                needed && reason === "other" && !this.oral_record_note.trim(),
                "intake_oral_note",
                _t("Note on the Oral Record: say in a few words why not."),
            ],
        ];
    }

    /** What probable duplicates are searched by, or nothing while too little is said. */
    getMatter() {
        const place = this.place.trim();
        const text = this.description.trim();
        if (!this.type || (place.length < 2 && text.length < 4)) {
            return null;
        }
        return {
            category_id: this.type.id,
            place,
            name: this.ownTitle || "",
            description: text,
            district_id: this.district_id || false,
            partner_id: this.person?.id || false,
        };
    }

    toValues(channels) {
        const isNew = this.person_kind === "new";
        const isOral = this.needsOralRecord(channels);
        const isUnread = isOral && this.oral_record_state === "not_read_back";
        return {
            channel_id: this.channel_id,
            person_kind: this.person_kind,
            partner_id: this.person?.id || false,
            ...(isNew ? this.getNewPerson() : {}),
            category_id: this.type.id,
            role: this.role,
            nature: this.nature,
            answers: {...this.answers},
            place: this.place.trim(),
            district_id: this.district_id || false,
            title: this.title.trim(),
            description: this.description.trim(),
            lead_id: this.lead?.id || false,
            oral_record_state: isOral ? this.oral_record_state : "not_needed",
            oral_record_reason: isUnread ? this.oral_record_reason : false,
            oral_record_note: isOral ? this.oral_record_note.trim() : false,
        };
    }

    getNewPerson() {
        return {
            person_name: this.person_name,
            phone: this.phone,
            email: this.email,
            lang: this.lang,
            home_district_id: this.home_district_id || false,
            need_ids: [[6, 0, [...this.need_ids]]],
            organisation_id: this.organisation_id,
            organisation_name: this.organisation_name.trim(),
        };
    }
}
