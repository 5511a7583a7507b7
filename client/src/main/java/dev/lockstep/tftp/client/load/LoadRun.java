package dev.lockstep.tftp.client.load;

import dev.lockstep.tftp.client.RemoteFile;
import dev.lockstep.tftp.client.TftpClient;
import dev.lockstep.tftp.client.TftpClientBuilder;
import dev.lockstep.tftp.codec.TransferMode;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Makes a load and says what came of it.
 *
 * <pre>{@code
 * LoadResult result = new LoadRun(plan, TftpClient.builder()).run(progress -> {});
 * }</pre>
 */
public final class LoadRun {
    private final LoadPlan plan;
    private final List<Target> targets;
    private final List<ExpectedContent> references;
    private final Failures failures = new Failures();
    private final LoadMetrics tally = new LoadMetrics(failures);
    private final LoadMetrics warmUp = new LoadMetrics(failures);
    private final LoadScheduler pacer;
    private final TftpClient client;

    /**
     * A run that has not begun.
     *
     * @param settings of the client; a bad link is added to them
     * @throws IllegalArgumentException for settings that make no sense, with the value and what was expected
     * @throws UnknownHostException if the name of a server has no address
     */
    public LoadRun(LoadPlan plan, TftpClientBuilder settings) throws UnknownHostException {
        this.plan = plan;
        this.targets = new ArrayList<>();
        this.references = new ArrayList<>();
        for (Target target : plan.targets()) {
            String host = target.remote().host();
            targets.add(target.at(InetAddress.getByName(host).getHostAddress()));
            references.add(plan.verify().orElseGet(ExpectedContent::learnt));
        }
        if (plan.faults().any()) {
            settings.tap(ImpairedChannelHandler.with(plan.faults()));
        }
        this.pacer = new LoadScheduler(plan.schedule(), LoadScheduler.Clock.SYSTEM, this::start);
        this.client = settings.build();
    }

    /**
     * Runs until all is done or {@link #stop} is called. Once.
     *
     * @param watcher told ten times a second how far it is, on a thread of its own
     */
    public LoadResult run(Consumer<LoadProgress> watcher) throws InterruptedException {
        ScheduledExecutorService eyes = Executors.newSingleThreadScheduledExecutor(LoadRun::daemon);
        try (client) {
            long begin = System.nanoTime();
            long counting = begin + plan.schedule().warmUp().toNanos();
            Timeline timeline = new Timeline(tally, counting);
            eyes.scheduleWithFixedDelay(
                    () -> watcher.accept(look(timeline, begin, counting)),
                    1000 / Timeline.LOOKS,
                    1000 / Timeline.LOOKS,
                    TimeUnit.MILLISECONDS);
            pacer.run();
            long now = System.nanoTime();
            long end = now - counting < 0 ? counting : now; // it was stopped before anything counted
            eyes.shutdown();
            LoadResult.WarmUp before = LoadResult.WarmUp.of(warmUp, Math.min(now - begin, counting - begin));
            return LoadResult.of(plan, tally, failures, timeline.end(end), end - counting, before);
        } finally {
            eyes.shutdownNow();
        }
    }

    private LoadProgress look(Timeline timeline, long begin, long counting) {
        long now = System.nanoTime();
        if (now - counting < 0) {
            return LoadProgress.of(true, warmUp, now - begin);
        }
        timeline.look(now);
        return LoadProgress.of(false, tally, now - counting);
    }

    /** Starts nothing more and waits for nothing more. On any thread. */
    public void stop() {
        pacer.stop();
    }

    private void start(long number, long intended, Runnable ended) {
        int index = choose(number);
        FirmwareProfile profile = plan.profile().orElse(null);
        RemoteFile file = targets.get(index).remoteOf(number);
        if (profile != null) {
            TransferMode mode = plan.isPut() ? profile.putMode() : TransferMode.OCTET;
            file = new RemoteFile(file.host(), file.port(), profile.filename(file.filename()), mode);
        }
        LoadMetrics told = pacer.isWarmUp(intended) ? warmUp : tally;
        told.started.increment();
        told.startDelay.recordValue(Math.max(0, System.nanoTime() - intended));
        VirtualClient transfer = new VirtualClient(client, file, plan.profile(), intended, told);
        if (plan.isPut()) {
            transfer.put(plan.putSize(), ended);
        } else {
            transfer.get(references.get(index), ended);
        }
    }

    /** By weight, and for the same seed always the same file for the same transfer. */
    private int choose(long number) {
        if (targets.size() == 1) {
            return 0;
        }
        int left =
                new SplittableRandom(plan.faults().seed() ^ number * 0x9E3779B97F4A7C15L).nextInt(plan.totalWeight());
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
