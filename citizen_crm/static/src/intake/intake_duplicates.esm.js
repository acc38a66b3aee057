import {Component, onWillUpdateProps, useState} from "@odoo/owl";
import {KeepLast} from "@web/core/utils/concurrency";
import {useDebounced} from "@web/core/utils/timing";
import {useService} from "@web/core/utils/hooks";

/** Cases that are probably about the same matter, shown while the clerk types. */
export class IntakeDuplicates extends Component {
    static template = "citizen_crm.IntakeDuplicates";
    static props = {
        matter: {type: [Object, {value: null}]},
        lead: {type: [Object, {value: null}]},
        onJoin: Function,
        onSeparate: Function,
        onFound: Function,
    };

    setup() {
        this.orm = useService("orm");
        this.state = useState({found: [], searched: false});
        this.keepLast = new KeepLast();
        this.key = "";
        this.searchSoon = useDebounced((matter) => this.search(matter), 250);
        onWillUpdateProps((next) => this.follow(next.matter));
    }

    follow(matter) {
        const key = JSON.stringify(matter);
        if (key === this.key) {
            return;
        }
        this.key = key;
        if (matter) {
            this.searchSoon(matter);
        } else {
            this.searchSoon.cancel();
            Object.assign(this.state, {found: [], searched: false});
        }
    }

    async search(matter) {
        const call = this.orm.call("citizen.intake", "find_duplicates", [matter]);
        const found = await this.keepLast.add(call);
        Object.assign(this.state, {found, searched: true});
        this.props.onFound(found);
    }

    getUrl(duplicate) {
        return `/odoo/cases/${duplicate.id}`;
    }
}
