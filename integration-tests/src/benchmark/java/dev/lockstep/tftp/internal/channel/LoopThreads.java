package dev.lockstep.tftp.internal.channel;

import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** An executor with the thread type of event loops, since Netty recycles objects only on such threads. */
public final class LoopThreads extends ThreadPoolExecutor {
    /** The JVM option that makes JMH use a custom executor. */
    public static final String EXECUTOR = "-Djmh.executor=CUSTOM";

    /** The JVM option that makes JMH use this executor. */
    public static final String CLASS = "-Djmh.executor.class=dev.lockstep.tftp.internal.channel.LoopThreads";

    public LoopThreads(int threads, String prefix) {
        super(threads, threads, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), new DefaultThreadFactory(prefix));
    }
}
