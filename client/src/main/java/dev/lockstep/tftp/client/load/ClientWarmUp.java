package dev.lockstep.tftp.client.load;

import dev.lockstep.tftp.client.RemoteFile;
import dev.lockstep.tftp.client.TftpClient;
import dev.lockstep.tftp.internal.impairment.LinkImpairment;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Transfers files within this process for half a second, or longer on a busy machine, before the clock of a load test
 * starts. Otherwise the first hundreds of transfers show the time in which this virtual machine loads and compiles its
 * classes.
 */
public final class ClientWarmUp {
    private static final double MIN_SECONDS = 0.5;
    /** Transfers in half a second on a busy machine, after which the most used methods are compiled. */
    private static final long TRANSFERS = 500;

    private static final Duration LIMIT = Duration.ofSeconds(3);
    private static final Duration QUIET_TIME = Duration.ofMillis(20);
    private static final int MAX_CONCURRENCY = 16;
    private static final long MAX_SIZE = 128 * 1024;

    private ClientWarmUp() {}

    /**
     * Runs transfers of the same kind as those of the plan. The server of the plan is not involved.
     *
     * @param plan the load that follows
     * @return the result
     * @throws InterruptedException if the calling thread is interrupted
     */
    public static LoadResult run(LoadPlan plan) throws InterruptedException {
        long size = plan.isPut() ? Math.min(plan.putSize(), MAX_SIZE) : MAX_SIZE;
        int concurrency = Math.min(plan.schedule().concurrency(), MAX_CONCURRENCY);
        try (WarmUpServer server = new WarmUpServer(size)) {
            RemoteFile file = new RemoteFile(
                    server.address().getAddress().getHostAddress(),
                    server.address().getPort(),
                    "warm-up",
                    plan.targets().get(0).remote().mode());
            LoadPlan local = new LoadPlan(
                    List.of(new Target(file, 1)),
                    new LoadSchedule(concurrency, 0, Duration.ZERO, Duration.ZERO, LIMIT, Long.MAX_VALUE),
                    plan.isPut() ? size : plan.putSize(),
                    plan.profile(),
                    Optional.empty(),
                    LinkImpairment.NONE);
            LoadRun run = new LoadRun(local, TftpClient.builder().reuseSockets(QUIET_TIME));
            return run.run(progress -> {
                if (progress.seconds() >= MIN_SECONDS && progress.completed() >= TRANSFERS) {
                    run.stop();
                }
            });
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e); // an address is never looked up
        }
    }
}
