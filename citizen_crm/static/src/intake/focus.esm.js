const FRAMES = 30;

/** Put the focus on a field as soon as it is on the screen. */
export function focusSoon(id, frames = FRAMES) {
    const field = document.getElementById(id);
    if (field) {
        field.focus();
    } else if (frames) {
        requestAnimationFrame(() => focusSoon(id, frames - 1));
    }
}
