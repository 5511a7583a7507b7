package dev.lockstep.tftp.client.conform;

import java.util.List;

/**
 * The result of a check.
 *
 * @param check the check
 * @param status how it ended
 * @param detail what was expected and received if it failed, or the reason if it was skipped; may be empty otherwise
 * @param transcript what was sent and received, one line for each datagram
 * @param capture the same in pcap format; null if it was not captured
 * @param seconds how long it took
 */
public record CheckResult(
        Check<?> check, Status status, String detail, List<String> transcript, byte[] capture, double seconds) {

    /** Returns how binding the case is. */
    public Severity severity() {
        return check.severity();
    }

    /** Returns whether the check failed and its case is binding. */
    public boolean isViolation(boolean strict) {
        return status == Status.FAILED && (severity() == Severity.MUST || strict && severity() == Severity.SHOULD);
    }
}
