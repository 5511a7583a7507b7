package dev.lockstep.tftp.transfer;

import dev.lockstep.tftp.event.TransferStats;

/** The counters that a transfer writes. */
final class TransferCounters implements TransferStats {
    private final long started;
    private long firstByte;
    private long ended;
    private boolean hasFirstByte;
    private boolean over;
    long bytes;
    long blocks;
    long resends;
    long duplicates;
    long malformed;

    TransferCounters(long now) {
        started = now;
    }

    @Override
    public long bytes() {
        return bytes;
    }

    @Override
    public long blocks() {
        return blocks;
    }

    @Override
    public long resends() {
        return resends;
    }

    @Override
    public long duplicates() {
        return duplicates;
    }

    @Override
    public long malformed() {
        return malformed;
    }

    @Override
    public long elapsed(long now) {
        return (over ? ended : now) - started;
    }

    @Override
    public long firstByteAfter() {
        return hasFirstByte ? firstByte - started : -1;
    }

    void markFirstByte(long now) {
        if (!hasFirstByte) {
            hasFirstByte = true;
            firstByte = now;
        }
    }

    void markEnd(long now) {
        over = true;
        ended = now;
    }
}
