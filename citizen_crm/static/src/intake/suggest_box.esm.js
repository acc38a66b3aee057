import {Component, useRef, useState} from "@odoo/owl";
import {useAutofocus} from "@web/core/utils/hooks";
import {KeepLast} from "@web/core/utils/concurrency";
import {useDebounced} from "@web/core/utils/timing";

/**
 * A text box with suggestions, for the keyboard: arrows choose, Enter takes the first
 * one or the chosen one, Escape closes. An ARIA combobox with a list.
 */
export class SuggestBox extends Component {
    static template = "citizen_crm.SuggestBox";
    static props = {
        id: String,
        label: String,
        placeholder: {type: String, optional: true},
        hotkey: {type: String, optional: true},
        autofocus: {type: Boolean, optional: true},
        text: {type: String, optional: true},
        emptyText: {type: String, optional: true},
        search: Function,
        onPick: Function,
        onText: {type: Function, optional: true},
        slots: {type: Object, optional: true},
    };

    setup() {
        this.state = useState({
            text: this.props.text || "",
            options: [],
            chosen: 0,
            open: false,
            searched: "",
        });
        this.input = this.props.autofocus
            ? useAutofocus({refName: "input"})
            : useRef("input");
        this.keepLast = new KeepLast();
        this.searchSoon = useDebounced(() => this.search(), 150);
    }

    get isEmpty() {
        const {open, options, searched, text} = this.state;
        return open && !options.length && searched && searched === text.trim();
    }

    get activeId() {
        const {open, options, chosen} = this.state;
        return open && options.length ? `${this.props.id}_${chosen}` : undefined;
    }

    onInput(ev) {
        this.state.text = ev.target.value;
        this.props.onText?.(this.state.text);
        this.searchSoon();
    }

    /** Search for what is typed now; an answer to an older text is dropped. */
    async search() {
        const text = this.state.text.trim();
        const options = text
            ? await this.keepLast.add(Promise.resolve(this.props.search(text)))
            : [];
        Object.assign(this.state, {options, chosen: 0, open: true, searched: text});
    }

    async onKeydown(ev) {
        const count = this.state.options.length;
        if (ev.key === "ArrowDown" || ev.key === "ArrowUp") {
            ev.preventDefault();
            if (count) {
                const step = ev.key === "ArrowDown" ? 1 : count - 1;
                this.state.chosen = this.state.open
                    ? (this.state.chosen + step) % count
                    : 0;
                this.state.open = true;
            }
        } else if (ev.key === "Enter" && !ev.ctrlKey && !ev.metaKey) {
            ev.preventDefault();
            if (this.state.searched !== this.state.text.trim()) {
                // Typed faster than the server answers: what was typed counts.
                this.searchSoon.cancel();
                await this.search();
            }
            this.pick(this.state.options[this.state.chosen]);
        } else if (ev.key === "Escape" && this.state.open && count) {
            ev.preventDefault();
            ev.stopPropagation();
            this.close();
        }
    }

    pick(option) {
        if (option) {
            this.close();
            this.props.onPick(option);
        }
    }

    close() {
        this.state.open = false;
    }
}
