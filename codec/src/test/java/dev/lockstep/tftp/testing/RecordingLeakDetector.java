package dev.lockstep.tftp.testing;

import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakTracker;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Finds lost buffers, so that a test can fail. Enabled by a system property. Netty's own detector, which records a stack
 * trace for each buffer and so takes longer than most tests, is used only if records are requested.
 */
public final class RecordingLeakDetector<T> extends ResourceLeakDetector<T> {
    private static final boolean RECORDS = Integer.getInteger("io.netty.leakDetection.targetRecords", 4) > 0;
    private static final Queue<String> LEAKS = new ConcurrentLinkedQueue<>();
    private static final Set<Tracker<?>> OPEN = ConcurrentHashMap.newKeySet();
    private static final ReferenceQueue<Object> LOST = new ReferenceQueue<>();

    /** Is open until the resource is released, and enqueued if the resource is lost before that. */
    private static final class Tracker<T> extends WeakReference<Object> implements ResourceLeakTracker<T> {
        private final String type;

        Tracker(T resource) {
            super(resource, LOST);
            type = resource.getClass().getName();
            OPEN.add(this);
        }

        @Override
        public void record() {}

        @Override
        public void record(Object hint) {}

        @Override
        public boolean close(T resource) {
            boolean isFirst = OPEN.remove(this);
            Reference.reachabilityFence(resource);
            return isFirst;
        }
    }

    /** Called by Netty. */
    public RecordingLeakDetector(Class<?> resourceType, int samplingInterval) {
        super(resourceType, samplingInterval);
    }

    /** Called by older parts of Netty. */
    public RecordingLeakDetector(Class<?> resourceType, int samplingInterval, long maxActive) {
        this(resourceType, samplingInterval);
    }

    /** Returns whether there are tracked resources that have not been released, in use or lost. */
    static boolean isAnyOpen() {
        return RECORDS || !OPEN.isEmpty();
    }

    /** Returns all leaks so far, and clears the record. */
    static String takeLeaks() {
        StringBuilder all = new StringBuilder();
        for (Reference<?> lost = LOST.poll(); lost != null; lost = LOST.poll()) {
            if (lost instanceof Tracker<?> tracker && OPEN.remove(tracker)) {
                all.append(tracker.type).append(" (-Dtest.leak.records=4 shows where)\n");
            }
        }
        for (String leak = LEAKS.poll(); leak != null; leak = LEAKS.poll()) {
            all.append(leak).append('\n');
        }
        return all.toString();
    }

    @Override
    public ResourceLeakTracker<T> track(T resource) {
        return RECORDS ? super.track(resource) : new Tracker<>(resource);
    }

    @Override
    public ResourceLeakTracker<T> trackForcibly(T resource) {
        return RECORDS ? super.trackForcibly(resource) : new Tracker<>(resource);
    }

    @Override
    protected boolean needReport() {
        return true;
    }

    @Override
    protected void reportTracedLeak(String resourceType, String records) {
        LEAKS.add(resourceType + records);
    }

    @Override
    protected void reportUntracedLeak(String resourceType) {
        LEAKS.add(resourceType);
    }
}
