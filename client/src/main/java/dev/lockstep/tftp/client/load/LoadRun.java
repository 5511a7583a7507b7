package dev.lockstep.tftp.client.load;

import dev.lockstep.tftp.client.RemoteFile;
import dev.lockstep.tftp.client.TftpClient;
import dev.lockstep.tftp.client.TftpClientBuilder;
import dev.lockstep.tftp.codec.TransferMode;
import dev.lockstep.tftp.concurrent.ThreadSafe;
import dev.lockstep.tftp.internal.impairment.ImpairedChannelHandler;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Generates a load and returns its result.
 *
 * <pre>{@code
 * LoadResult result = new LoadRun(plan, TftpClient.builder()).run(progress -> {});
 * }</pre>
 */
public final class LoadRun {
    private static final int POLLS_PER_PROGRESS = Timeline.POLLS_PER_SECOND / 10;

    private final LoadPlan plan;
    private final List<Target> targets;
    private final List<ExpectedContent> contents;
    private final Failures failures = new Failures();
    private final LoadMetrics metrics;
    private final LoadMetrics warmUp;
    private final LoadScheduler scheduler;
    private final TftpClient client;
    private int polls;
    /** The end of the warm-up by the system clock; empty before the start. */
    private volatile Optional<Long> measuredFrom = Optional.empty();

    /**
     * Creates a load test without starting it.
     *
     * @param plan the load
     * @param settings the settings of the client, to which the network impairment is added
     * @throws IllegalArgumentException for an invalid setting; the message contains its value and what was expected
     * @throws UnknownHostException if the name of a server has no address
     */
    public LoadRun(LoadPlan plan, TftpClientBuilder settings) throws UnknownHostException {
        this.plan = plan;
        this.metrics = new LoadMetrics(failures, plan.targets().size());
        this.warmUp = new LoadMetrics(failures, plan.targets().size());
        this.targets = new ArrayList<>();
        this.contents = new ArrayList<>();
        for (Target target : plan.targets()) {
            String host = target.remote().host();
            targets.add(target.at(InetAddress.getByName(host).getHostAddress()));
            contents.add(plan.verify().orElseGet(ExpectedContent::learnt));
        }
        if (plan.impairment().any()) {
            long seed = plan.impairment().seed() + plan.schedule().shard().index() - 1; // other decisions in each shard
            settings.tap(ImpairedChannelHandler.with(plan.impairment().withSeed(seed)));
        }
        this.scheduler = new LoadScheduler(plan.schedule(), LoadScheduler.Clock.SYSTEM, this::start);
        this.client = settings.build();
    }

    /**
     * Waits until it is time to begin, or until {@link #stop} is called.
     *
     * @param start the time to begin
     * @throws InterruptedException if the calling thread is interrupted
     */
    public void awaitStart(Instant start) throws InterruptedException {
        scheduler.awaitStart(start, InstantSource.system());
    }

    /**
     * Runs the load test until all transfers have ended or {@link #stop} is called. Must be called once only.
     *
     * @param watcher called ten times a second with the progress, on a thread of its own
     * @return the result
     * @throws InterruptedException if the calling thread is interrupted
     */
    public LoadResult run(Consumer<LoadProgress> watcher) throws InterruptedException {
        ScheduledExecutorService monitor = Executors.newSingleThreadScheduledExecutor(LoadRun::daemon);
        try (client) {
            long begin = System.nanoTime();
            long warmUpEnd = begin + plan.schedule().warmUp().toNanos();
            measuredFrom = Optional.of(warmUpEnd);
            Timeline timeline = new Timeline(metrics, warmUpEnd);
            monitor.scheduleWithFixedDelay(
                    () -> poll(timeline, begin, warmUpEnd, watcher),
                    1000 / Timeline.POLLS_PER_SECOND,
                    1000 / Timeline.POLLS_PER_SECOND,
                    TimeUnit.MILLISECONDS);
            scheduler.run();
            long now = System.nanoTime();
            long end = now - warmUpEnd < 0 ? warmUpEnd : now; // stopped during the warm-up
            monitor.shutdown();
            LoadResult.WarmUp before = LoadResult.WarmUp.of(warmUp, Math.min(now - begin, warmUpEnd - begin));
            long notStarted = warmUp.notStarted.sum() + metrics.notStarted.sum() + scheduler.missed();
            return LoadResult.of(plan, metrics, failures, timeline.end(end), end - warmUpEnd, before, notStarted);
        } finally {
            monitor.shutdownNow();
        }
    }

    private void poll(Timeline timeline, long begin, long warmUpEnd, Consumer<LoadProgress> watcher) {
        long now = System.nanoTime();
        boolean isWarmUp = now - warmUpEnd < 0;
        if (!isWarmUp) {
            timeline.poll(now);
        }
        if (++polls % POLLS_PER_PROGRESS == 0) {
            watcher.accept(
                    isWarmUp
                            ? LoadProgress.of(true, warmUp, now - begin)
                            : LoadProgress.of(false, metrics, now - warmUpEnd));
        }
    }

    /** Returns the numbers so far. It costs some microseconds; call it at most a few times per second. */
    @ThreadSafe
    public LoadSnapshot snapshot() {
        long now = System.nanoTime();
        return LoadSnapshot.of(
                metrics, failures, measuredFrom.map(begin -> now - begin).orElse(-1L));
    }

    /** Starts no more transfers, and does not wait for the running ones. */
    @ThreadSafe
    public void stop() {
        scheduler.stop();
    }

    private void start(long number, long intended, LoadScheduler.Ended ended) {
        int index = choose(number);
        FirmwareProfile profile = plan.profile().orElse(null);
        RemoteFile file = targets.get(index).remoteOf(number);
        if (profile != null) {
            TransferMode mode = plan.isPut() ? profile.putMode() : TransferMode.OCTET;
            file = new RemoteFile(file.host(), file.port(), profile.filename(file.filename()), mode);
        }
        LoadMetrics current = scheduler.isWarmUp(intended) ? warmUp : metrics;
        current.started.increment();
        current.startDelay.recordValue(Math.max(0, System.nanoTime() - intended));
        VirtualClient transfer = new VirtualClient(client, file, plan.profile(), intended, index, current);
        if (plan.isPut()) {
            transfer.put(plan.putSize(), ended);
        } else {
            transfer.get(number, contents.get(index), ended);
        }
    }

    /**
     * Returns the index of the target, chosen in proportion to the weights. With the same seed a transfer always gets
     * the same target.
     */
    private int choose(long number) {
        if (targets.size() == 1) {
            return 0;
        }
        int left = new SplittableRandom(plan.impairment().seed() ^ number * 0x9E3779B97F4A7C15L)
                .nextInt(plan.totalWeight());
        int index = 0;
        while (left >= targets.get(index).weight()) {
            left -= targets.get(index++).weight();
        }
        return index;
    }

    private static Thread daemon(Runnable work) {
        Thread thread = new Thread(work, "tftp-load");
        thread.setDaemon(true);
        return thread;
    }
}
