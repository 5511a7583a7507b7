package dev.lockstep.tftp.server.cli;

import dev.lockstep.tftp.codec.TftpMessage.Request;
import dev.lockstep.tftp.concurrent.ThreadSafe;
import dev.lockstep.tftp.internal.cli.ProgramVersion;
import dev.lockstep.tftp.server.TftpServerBuilder;
import dev.lockstep.tftp.server.internal.http.ConfigurationView;
import dev.lockstep.tftp.server.internal.http.LivePage;
import dev.lockstep.tftp.server.internal.http.MonitoringPort;
import dev.lockstep.tftp.server.internal.http.TransferMonitor;
import dev.lockstep.tftp.server.rules.Explanation;
import dev.lockstep.tftp.server.rules.RulePolicy;
import dev.lockstep.tftp.server.rules.RuleSummary;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;

/** The configuration of the running daemon for its live page, and the code of {@code tftpd explain} for its form. */
@ThreadSafe
final class RunningConfiguration implements ConfigurationView {
    /** Explanations that may wait for the thread; each opens a file. */
    private static final int PENDING = 4;

    private static final int IDLE_SECONDS = 10;

    private final TftpdCommand command;
    private final Executor explanations = oneThread();
    private volatile State state;

    private record State(RulePolicy policy, Current current) {}

    /**
     * Creates the configuration of a daemon that starts.
     *
     * @param file the configuration file, or null if there is none
     */
    RunningConfiguration(TftpdCommand command, Path file, RulePolicy policy) {
        this.command = command;
        String name = file == null ? null : file.toString();
        state = new State(policy, new Current(1, name, now(), 0, 0, List.of(), policy.warnings(), rulesOf(policy)));
    }

    /**
     * Creates the configuration of a daemon that starts, and shows it on the live page of a port. Not done by {@link
     * HttpOptions}, whose verification would load the page also if the port is off.
     *
     * @param ruleOf names the rule of a request
     * @param file the configuration file, or null if there is none
     */
    static RunningConfiguration shownOn(
            MonitoringPort port,
            TftpServerBuilder builder,
            BiFunction<Request, InetSocketAddress, String> ruleOf,
            TftpdCommand command,
            Path file,
            RulePolicy policy) {
        RunningConfiguration running = new RunningConfiguration(command, file, policy);
        TransferMonitor monitor = new TransferMonitor(ruleOf, System::nanoTime, System::currentTimeMillis);
        builder.listener(monitor);
        port.show(new LivePage(monitor, running, ProgramVersion.number(TftpdCommand.class), System::currentTimeMillis));
        return running;
    }

    /** Returns a thread that ends when it has nothing to do. */
    private static Executor oneThread() {
        ThreadPoolExecutor executor = new ThreadPoolExecutor(
                1,
                1,
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(PENDING),
                new DefaultThreadFactory("tftpd-explain", true));
        executor.allowCoreThreadTimeOut(true);
        return executor;
    }

    private static long now() {
        return System.currentTimeMillis();
    }

    private static List<RuleInForce> rulesOf(RulePolicy policy) {
        return RuleSummary.rows(policy).stream()
                .map(rule -> new RuleInForce(rule.label(), rule.condition(), rule.effect(), rule.denies()))
                .toList();
    }

    /** Called when a reload has replaced the rules. */
    synchronized void replaced(RulePolicy policy) {
        Current before = state.current;
        state = new State(
                policy,
                new Current(
                        before.version() + 1,
                        before.file(),
                        now(),
                        before.reloads() + 1,
                        0,
                        List.of(),
                        policy.warnings(),
                        rulesOf(policy)));
    }

    /** Called when a reload has failed, so that the previous rules stay in force. */
    synchronized void kept(List<String> problems) {
        Current before = state.current;
        state = new State(
                state.policy,
                new Current(
                        before.version() + 1,
                        before.file(),
                        before.loaded(),
                        before.reloads(),
                        now(),
                        List.copyOf(problems),
                        before.warnings(),
                        before.rules()));
    }

    @Override
    public Current current() {
        return state.current;
    }

    @Override
    public CompletionStage<Answer> explain(String client, String operation, String file, String options) {
        try {
            InetAddress address = Explanation.client(client.strip());
            Request request = ExplainCommand.request(
                    operationOf(operation),
                    file,
                    options.isBlank() ? List.of() : List.of(options.strip().split("\\s+")));
            return CompletableFuture.supplyAsync(() -> explain(request, address), explanations);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private static ExplainCommand.Operation operationOf(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "read" -> ExplainCommand.Operation.READ;
            case "write" -> ExplainCommand.Operation.WRITE;
            default -> throw new IllegalArgumentException("operation: " + text + " (expected: read or write)");
        };
    }

    private Answer explain(Request request, InetAddress client) {
        int mtu = command.mtuOf(new InetSocketAddress(client, 0)).orElseGet(() -> ExplainCommand.pathMtu(client));
        Explanation explanation = new Explanation(state.policy, request, client, mtu);
        return new Answer(explanation.isGranted(), explanation.lines());
    }
}
