package dev.lockstep.tftp.server.internal.origin;

import dev.lockstep.tftp.concurrent.ThreadSafe;
import java.util.concurrent.atomic.LongAdder;

/** Counts what happens with one origin, since the start. */
@ThreadSafe
public final class OriginCounters {
    final LongAdder hits = new LongAdder();
    final LongAdder joined = new LongAdder();
    final LongAdder validated = new LongAdder();
    final LongAdder stale = new LongAdder();
    final LongAdder negative = new LongAdder();

    final LongAdder fetches = new LongAdder();
    final LongAdder resumed = new LongAdder();
    final LongAdder failures = new LongAdder();
    final LongAdder bytes = new LongAdder();
    final LongAdder uploads = new LongAdder();
    final LongAdder failedUploads = new LongAdder();

    /** Returns the requests that were answered from the cache, because the file was fresh. */
    public long hits() {
        return hits.sum();
    }

    /** Returns the requests that joined a fetch of another request. */
    public long joined() {
        return joined.sum();
    }

    /** Returns the fetches that the origin has answered with 304: the file in the cache is fresh again. */
    public long validated() {
        return validated.sum();
    }

    /** Returns the requests that were answered with a stale file. */
    public long stale() {
        return stale.sum();
    }

    /** Returns the requests that were refused because the origin had answered 404 shortly before. */
    public long negative() {
        return negative.sum();
    }

    /** Returns the requests that were sent to the origin to fetch or validate a file, resumed ones not included. */
    public long fetches() {
        return fetches.sum();
    }

    /** Returns the number of times that a broken fetch was resumed. */
    public long resumed() {
        return resumed.sum();
    }

    /** Returns the fetches and validations that failed, other than by 404. */
    public long failures() {
        return failures.sum();
    }

    /** Returns the bytes of files that were received from the origin. */
    public long bytes() {
        return bytes.sum();
    }

    /** Returns the uploads that the origin has stored. */
    public long uploads() {
        return uploads.sum();
    }

    /** Returns the uploads that the origin has not stored. */
    public long failedUploads() {
        return failedUploads.sum();
    }
}
