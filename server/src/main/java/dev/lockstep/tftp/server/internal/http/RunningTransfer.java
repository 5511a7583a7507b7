package dev.lockstep.tftp.server.internal.http;

import dev.lockstep.tftp.codec.TftpMessage.WriteRequest;
import dev.lockstep.tftp.event.TransferEvent;
import dev.lockstep.tftp.event.TransferStats;
import dev.lockstep.tftp.internal.text.AddressFormat;
import dev.lockstep.tftp.io.Source;

/** A transfer that runs. One thread samples it once a second; the transfer itself writes only its counters. */
final class RunningTransfer {
    private static final double NANOS = 1e9;
    /** The share of the last second in the rate that is shown, so that a window does not make it jump. */
    private static final double LAST_SECOND = 0.6;
    /** Samples without progress after which the rate is 0. */
    private static final int STALLED_SAMPLES = 3;

    private final TransferStats stats;
    private final long begin;
    private final TransferEvent.Started event;
    private final String rule;

    private String peer;
    private String file;
    private long bytes;
    private long resends;
    private double rate = -1;
    private int quietSamples;

    /** The bytes and retransmissions since the previous sample. */
    record Progress(long bytes, long resends) {}

    /**
     * Creates a transfer that has just started.
     *
     * @param rule the name of its rule
     * @param now the time in nanoseconds
     */
    RunningTransfer(TransferEvent.Started event, String rule, long now) {
        this.event = event;
        this.rule = rule;
        this.stats = event.stats();
        this.begin = now;
    }

    /**
     * Reads the counters.
     *
     * @param seconds the time since the previous sample
     */
    Progress sample(double seconds) {
        Progress progress = rest();
        double current = seconds > 0 ? progress.bytes / seconds : 0;
        quietSamples = progress.bytes == 0 ? quietSamples + 1 : 0;
        boolean isStalled = quietSamples >= STALLED_SAMPLES;
        rate = rate < 0 || isStalled ? current : LAST_SECOND * current + (1 - LAST_SECOND) * rate;
        return progress;
    }

    /** Reads the counters of a transfer that has ended. */
    Progress rest() {
        long bytesNow = stats.bytes();
        long resendsNow = stats.resends();
        Progress progress = new Progress(bytesNow - bytes, resendsNow - resends);
        bytes = bytesNow;
        resends = resendsNow;
        return progress;
    }

    long id() {
        return event.transferId();
    }

    String peer() {
        if (peer == null) {
            peer = AddressFormat.of(event.peer());
        }
        return peer;
    }

    boolean isWrite() {
        return event.request() instanceof WriteRequest;
    }

    String file() {
        if (file == null) {
            file = PeerText.of(event.request().filename());
        }
        return file;
    }

    String rule() {
        return rule;
    }

    int blksize() {
        return event.settings().blksize();
    }

    int windowsize() {
        return event.settings().windowsize();
    }

    /** Returns the size of the file in bytes, or -1 if it is not known. A client may announce an upload of 0 bytes. */
    long size() {
        long size = event.settings().tsize();
        return size == Source.UNKNOWN_SIZE || isWrite() && size == 0 ? -1 : size;
    }

    /** Returns the bytes at the last sample. */
    long bytes() {
        return bytes;
    }

    /** Returns the retransmissions at the last sample. */
    long resends() {
        return resends;
    }

    /** Returns bytes per second. */
    double rate() {
        return Math.max(rate, 0);
    }

    /** Returns the part of the file that has been transferred, 0 to 1, or -1 if its size is not known. */
    double part() {
        long size = size();
        return size < 0 ? -1 : size == 0 ? 1 : Math.min(1, (double) bytes / size);
    }

    /** Returns the seconds since the start. */
    double age(long now) {
        return (now - begin) / NANOS;
    }
}
