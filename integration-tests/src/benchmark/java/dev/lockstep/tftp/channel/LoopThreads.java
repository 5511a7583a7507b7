package dev.lockstep.tftp.channel;

import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Threads as event loops have them: Netty recycles objects on these only. */
public final class LoopThreads extends ThreadPoolExecutor {
    /** As JMH asks for them. */
    public static final String EXECUTOR = "-Djmh.executor=CUSTOM";

    public static final String CLASS = "-Djmh.executor.class=dev.lockstep.tftp.channel.LoopThreads";

    public LoopThreads(int threads, String prefix) {
        super(threads, threads, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), new DefaultThreadFactory(prefix));
    }
}
