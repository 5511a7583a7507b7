// Numbers and times as text: decimal units as in the log, times in UTC as in the log.

const UNITS = ["B", "kB", "MB", "GB", "TB"];
const NO_BREAK = "\u00a0";

export const whole = number => Math.round(number).toLocaleString("en-US");

/** Splits a number of bytes into a number of at most four digits and its unit. */
export function bytesIn(bytes) {
  let unit = 0;
  let value = bytes;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit++;
  }
  return [unit === 0 || value >= 99.95 ? String(Math.round(value)) : value.toFixed(1), UNITS[unit]];
}

export const bytesText = bytes => bytesIn(bytes).join(NO_BREAK);
export const rateText = rate => bytesText(rate) + "/s";

/** Returns a duration with a precision that fits it: 0.042 s, 12.3 s, 3:07, 2:03:20, 5 d 3 h. */
export function durationText(seconds) {
  if (seconds < 1) return seconds.toFixed(3) + NO_BREAK + "s";
  if (seconds < 59.95) return seconds.toFixed(1) + NO_BREAK + "s";
  return clock(seconds);
}

/** Returns an age that changes once a second. */
export const ageText = seconds => seconds < 60 ? Math.floor(seconds) + NO_BREAK + "s" : clock(seconds);

function clock(seconds) {
  const all = Math.floor(seconds);
  const pad = number => String(number).padStart(2, "0");
  if (all >= 86400) return Math.floor(all / 86400) + NO_BREAK + "d " + Math.floor(all % 86400 / 3600) + NO_BREAK + "h";
  const minutes = Math.floor(all / 60);
  return all >= 3600 ? Math.floor(all / 3600) + ":" + pad(minutes % 60) + ":" + pad(all % 60)
    : minutes + ":" + pad(all % 60);
}

/** Returns the time of day in UTC. */
export const timeText = millis => new Date(millis).toISOString().slice(11, 19);

/** Returns date and time in UTC. */
export const dateText = millis => new Date(millis).toISOString().slice(0, 19).replace("T", " ") + " UTC";

export const plural = (count, one, many = one + "s") => whole(count) + " " + (count === 1 ? one : many);

/** Returns the share of a part in per cent; a share that is not zero is not shown as zero. */
export function shareText(part, all) {
  if (!all) return "0" + NO_BREAK + "%";
  const share = 100 * part / all;
  return (share === 0 ? "0" : share < 0.1 ? "< 0.1" : share < 10 ? share.toFixed(1) : String(Math.round(share)))
    + NO_BREAK + "%";
}
