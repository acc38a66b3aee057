import {_t} from "@web/core/l10n/translation";
import {formatFloat} from "@web/core/utils/numbers";
import {toLocaleDateTimeString} from "@web/core/l10n/dates";
import {useService} from "@web/core/utils/hooks";

const {DateTime} = luxon;

/** Effort points with one digit, in the user's notation. */
export function points(value) {
    return formatFloat(value, {digits: [16, 1]});
}

/** A balance: with its sign, and nothing before zero. */
export function balance(value) {
    const text = points(Math.abs(value));
    if (Math.abs(value) < 0.05) {
        return text;
    }
    return `${value < 0 ? "−" : "+"}${text}`;
}

export function fromServer(at) {
    return DateTime.fromISO(at, {zone: "utc"}).setZone("default");
}

/** A time of the server by the clock of whoever looks. */
export function localTime(at) {
    return toLocaleDateTimeString(fromServer(at));
}

/** How long ago something was, in the largest unit. */
export function waited(at) {
    const minutes = Math.max(0, Math.round(-fromServer(at).diffNow("minutes").minutes));
    if (minutes < 60) {
        return _t("%s min", minutes);
    }
    if (minutes < 48 * 60) {
        return _t("%s h", Math.round(minutes / 60));
    }
    return _t("%s days", Math.round(minutes / (24 * 60)));
}

/** How full a bar of open effort is, in percent of the cap. */
export function fill({open, cap}) {
    return Math.min(100, Math.round((100 * open) / cap));
}

/** Opens the case of a ledger entry, or says why it may not be seen. */
export function useEntryCase() {
    const orm = useService("orm");
    const action = useService("action");
    return async (entryId) =>
        action.doAction(
            await orm.call("citizen.assignment.entry", "action_open_case", [[entryId]])
        );
}
