import {onMounted, onWillUnmount, reactive, useState} from "@odoo/owl";

/** How often badges look at the clock; a step is told in minutes. */
const INTERVAL = 30000;

const clock = reactive({now: Date.now()});
let watchers = 0;
let timer = null;

/**
 * The time in seconds since 1970, kept up to date: whoever reads it is drawn again.
 * One timer for all, and none while nobody looks.
 */
export function useMinute() {
    const state = useState(clock);
    onMounted(() => {
        watchers++;
        if (!timer) {
            clock.now = Date.now();
            timer = setInterval(() => (clock.now = Date.now()), INTERVAL);
        }
    });
    onWillUnmount(() => {
        watchers--;
        if (!watchers) {
            clearInterval(timer);
            timer = null;
        }
    });
    return () => Math.floor(state.now / 1000);
}
