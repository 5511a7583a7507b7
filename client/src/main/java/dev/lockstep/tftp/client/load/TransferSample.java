package dev.lockstep.tftp.client.load;

/**
 * A stretch of time in the life of a run.
 *
 * @param second when it ended, from the begin of the run
 * @param length of the stretch in seconds
 * @param running transfers at its end
 */
public record TransferSample(double second, double length, long bytes, long completed, long failed, long running) {
    /** Both as one. */
    TransferSample and(TransferSample later) {
        return new TransferSample(
                later.second,
                length + later.length,
                bytes + later.bytes,
                completed + later.completed,
                failed + later.failed,
                later.running);
    }

    /** Octets a second. */
    public double bytesPerSecond() {
        return length > 0 ? bytes / length : 0;
    }

    /** Complete transfers a second. */
    public double transfersPerSecond() {
        return length > 0 ? completed / length : 0;
    }

    /** Failed transfers a second. */
    public double failuresPerSecond() {
        return length > 0 ? failed / length : 0;
    }
}
