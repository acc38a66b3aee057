import {_t} from "@web/core/l10n/translation";
import {formatFloat} from "@web/core/utils/numbers";
import {toLocaleDateTimeString} from "@web/core/l10n/dates";

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
