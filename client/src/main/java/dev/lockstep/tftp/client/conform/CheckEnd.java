package dev.lockstep.tftp.client.conform;

/** Ends a check before its last step. */
final class CheckEnd extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final Status status;

    private CheckEnd(Status status, String reason) {
        super(reason, null, false, false);
        this.status = status;
    }

    /** Returns an exception for behaviour that differs from the case. */
    static CheckEnd failed(String reason) {
        return new CheckEnd(Status.FAILED, reason);
    }

    /** Returns an exception for a check whose precondition is missing. */
    static CheckEnd skipped(String reason) {
        return new CheckEnd(Status.SKIPPED, reason);
    }

    /** Fails unless the condition holds. */
    static void require(boolean condition, String otherwise) {
        if (!condition) {
            throw failed(otherwise);
        }
    }

    /** Skips the check unless the condition holds. */
    static void assume(boolean condition, String otherwise) {
        if (!condition) {
            throw skipped(otherwise);
        }
    }

    Status status() {
        return status;
    }
}
