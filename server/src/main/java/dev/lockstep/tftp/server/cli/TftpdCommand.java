package dev.lockstep.tftp.server.cli;

import dev.lockstep.tftp.codec.Strictness;
import dev.lockstep.tftp.internal.capture.PacketCapture;
import dev.lockstep.tftp.internal.capture.TraceForm;
import dev.lockstep.tftp.internal.cli.HelpLayout;
import dev.lockstep.tftp.internal.cli.ProgramVersion;
import dev.lockstep.tftp.internal.cli.TraceValue;
import dev.lockstep.tftp.internal.text.Suggestion;
import dev.lockstep.tftp.server.ReloadablePolicy;
import dev.lockstep.tftp.server.RequestPolicy;
import dev.lockstep.tftp.server.RequestSettings;
import dev.lockstep.tftp.server.TftpServer;
import dev.lockstep.tftp.server.TftpServerBuilder;
import dev.lockstep.tftp.server.internal.logging.Logging;
import dev.lockstep.tftp.server.internal.logging.NatWarning;
import dev.lockstep.tftp.server.internal.logging.StatusOutput;
import dev.lockstep.tftp.server.internal.logging.TransferLog;
import dev.lockstep.tftp.server.internal.metrics.ReloadCounters;
import dev.lockstep.tftp.server.internal.service.ServiceNotifier;
import dev.lockstep.tftp.server.internal.service.SocketActivation;
import dev.lockstep.tftp.server.rules.CommonSettings;
import dev.lockstep.tftp.server.rules.ConfigException;
import dev.lockstep.tftp.server.rules.ConfigFile;
import dev.lockstep.tftp.server.rules.Roots;
import dev.lockstep.tftp.server.rules.RulePolicy;
import dev.lockstep.tftp.server.storage.Storage;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IModelTransformer;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tftpd}: serves files until it is stopped. */
@Command(
        name = "tftpd",
        description = "Serves files by TFTP (RFC 1350, 2347, 2348, 2349, 7440).",
        mixinStandardHelpOptions = true,
        versionProvider = TftpdCommand.Version.class,
        sortOptions = false,
        abbreviateSynopsis = true,
        subcommands = {CheckCommand.class, ExplainCommand.class, PrefetchCommand.class},
        modelTransformer = TftpdCommand.Help.class,
        customSynopsis = {"tftpd [OPTIONS] [[ADDRESS] PORT]", "tftpd COMMAND [OPTIONS] ..."},
        commandListHeading = "%nCommands:%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "  tftpd --root /srv/tftp 6969",
            "  tftpd --root /srv/tftp --user tftp",
            "  tftpd check /etc/lockstep/tftpd.toml",
            "  tftpd -c /etc/lockstep/tftpd.toml"
        },
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {
            "0:stopped by SIGINT or SIGTERM",
            "1:could not start, such as because the port is in use",
            "2:wrong usage, or errors in the configuration file"
        })
public final class TftpdCommand implements Callable<Integer> {
    private static final Logger LOG = LoggerFactory.getLogger("tftpd");
    private static final String USER_NAME = System.getProperty("user.name");

    @Spec
    private CommandSpec spec;

    @Parameters(
            arity = "0..2",
            paramLabel = "ADDRESS PORT",
            description = "Address and port to listen on; port 0 takes a free one (default: every address, port 69).")
    private List<String> where = List.of();

    private final Configuration configuration;
    /** The storages at the start. */
    private List<Storage> storages = List.of();

    private StatusOutput status;

    @Option(
            names = {"-c", Configuration.FLAG},
            paramLabel = "FILE",
            description = "File with settings and rules, which SIGHUP reloads.")
    private Path configFile; // read before all other flags: see Configuration

    @Mixin
    private OriginOptions origin = new OriginOptions();

    @Mixin
    private StorageOptions storage = new StorageOptions(origin);

    @Mixin
    private LimitOptions limits;

    @Mixin
    private PerformanceOptions performance;

    @Mixin
    private AddressValidationOptions addressValidation;

    @Mixin
    private ProbeOptions probe;

    @Mixin
    private NetworkOptions network;

    @Mixin
    private HttpOptions http;

    @Option(
            names = "--max-transfers",
            paramLabel = "N",
            description = "Limit of concurrent transfers (default ${DEFAULT-VALUE}).")
    private int maxTransfers = 10_000;

    @Option(
            names = "--max-transfers-per-client",
            paramLabel = "N",
            description = "The same limit for one client, by IPv4 address or IPv6 /64 (default: a quarter of all).")
    private Integer maxTransfersPerClient;

    @Option(
            names = Configuration.USER,
            paramLabel = "NAME[:GROUP]",
            description = "Run as this user, started by root; it needs access to all files.")
    private String user;

    @Option(names = "--tolerant", description = "Serve requests longer than 512 bytes or without their last NUL.")
    private boolean tolerant;

    @Option(
            names = "--drain",
            paramLabel = "SECONDS",
            description = "Time for running transfers to finish at shutdown (default 30).")
    private double drain = 30;

    @Option(
            names = "--drain-delay",
            paramLabel = "SECONDS",
            description =
                    "Time before the drain in which requests are still served, while /readyz answers 503 (default 0).")
    private double drainDelay;

    @Option(
            names = "--trace",
            arity = "0..1",
            paramLabel = "decoded",
            preprocessor = TraceValue.class,
            description = "Print each packet: its bytes, or with =decoded its message.")
    private String trace;

    @Option(names = "--pcap", paramLabel = "FILE", description = "Write each packet to a capture file for Wireshark.")
    private Path pcap;

    @Mixin
    private LogOptions log;

    /** Prints the version of the program. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {ProgramVersion.of("tftpd", TftpdCommand.class)};
        }
    }

    /**
     * Sets the layout of the help, and lets {@code explain} take the flags of the storage also after its name. They set
     * the same fields.
     */
    static final class Help implements IModelTransformer {
        private static final Map<String, List<String>> GROUPS = new LinkedHashMap<>();

        static {
            GROUPS.put(
                    "Files",
                    List.of(
                            Configuration.FLAG,
                            "--root",
                            "--on-error",
                            "--memory",
                            "--memory-limit",
                            "--serve-private"));
            GROUPS.put(
                    "Origins",
                    List.of(
                            "--cache-dir",
                            "--cache-size",
                            "--cache-files",
                            "--cache-age",
                            "--ttl",
                            "--stale-if-error",
                            "--origin-ca",
                            "--origin-cert",
                            "--origin-key",
                            "--origin-proxy",
                            "--s3-endpoint",
                            "--s3-region",
                            "--s3-addressing"));
            GROUPS.put("Uploads", List.of("--writable", "--overwrite", "--max-size", "--exact-size"));
            GROUPS.put(
                    "Network",
                    List.of(
                            "--listen",
                            "--single-port",
                            "--port-range",
                            "--replica",
                            "--mtu",
                            "--no-path-mtu",
                            "--probe-port"));
            GROUPS.put(
                    "Limits",
                    List.of(
                            "--max-transfers",
                            "--max-transfers-per-client",
                            "--blksize-limit",
                            "--windowsize-limit",
                            "--window-bytes-limit",
                            "--timeout",
                            "--give-up",
                            "--drain",
                            "--drain-delay"));
            GROUPS.put("Security", List.of(Configuration.USER, "--address-validation"));
            GROUPS.put("HTTP port", List.of("--http", "--http-token-file", "--http-host", "--metrics-allow"));
            GROUPS.put("Logging", List.of("--verbose", "--quiet", "--json-log", "--log-rate", "--trace", "--pcap"));
            GROUPS.put(
                    "Tuning",
                    List.of("--buffer-memory", "--event-loops", "--busy-poll", "--batch-scheduling", "--tolerant"));
        }

        @Override
        public CommandSpec transform(CommandSpec tftpd) {
            CommandSpec explain = tftpd.subcommands().get("explain").getCommandSpec();
            CommandSpec prefetch = tftpd.subcommands().get("prefetch").getCommandSpec();
            for (String mixin : List.of("storage", "origin")) {
                for (OptionSpec flag : tftpd.mixins().get(mixin).options()) {
                    explain.addOption(OptionSpec.builder(flag).inherited(true).build());
                    prefetch.addOption(OptionSpec.builder(flag).inherited(true).build());
                }
            }
            HelpLayout.apply(tftpd, GROUPS);
            HelpLayout.apply(tftpd.subcommands().get("check").getCommandSpec(), Map.of());
            Map<String, List<String>> storage = new LinkedHashMap<>();
            storage.put("Files", GROUPS.get("Files"));
            storage.put("Origins", GROUPS.get("Origins"));
            storage.put("Uploads", List.of("--writable", "--overwrite", "--max-size"));
            HelpLayout.apply(explain, storage);
            HelpLayout.apply(prefetch, storage);
            return tftpd;
        }
    }

    /** Runs the command and exits with its status. */
    public static void main(String[] args) {
        System.exit(execute(args));
    }

    /** Runs the command and returns its exit status. A daemon that serves does not return. */
    public static int execute(String... args) {
        return Invocation.run(args);
    }

    /** Creates the command with the defaults of all flags. */
    public TftpdCommand() {
        this(Configuration.NONE);
    }

    TftpdCommand(Configuration configuration) {
        this.configuration = configuration;
    }

    /** Returns the policy, without starting the server or removing stale uploads. Checks all flags, too. */
    RulePolicy lookAtRules() throws IOException, ConfigException {
        return configuration.locating(this::check);
    }

    /** Checks all flags and returns the policy. The message of an error has no line. */
    RulePolicy check() throws IOException, ConfigException {
        RulePolicy policy = policy();
        log.check();
        settings(null).policy(policy).check();
        return policy;
    }

    private RulePolicy policy() throws IOException, ConfigException {
        CommonSettings common = commonSettings();
        return configuration.file() == null
                ? ConfigFile.noRules(common)
                : configuration.file().rules(common);
    }

    /** Returns the flags as the settings that apply where rules set nothing else. */
    CommonSettings commonSettings() throws IOException {
        Roots roots = storage.roots();
        return new CommonSettings(
                new RequestSettings(roots.storage(), limits.limits()).withMtu(network.mtu()),
                roots,
                storage.settings(),
                network.mode(),
                storage.registry(),
                StorageOptions.NEIGHBOURS);
    }

    /** Returns the MTU in bytes that a flag sets for a client, or empty if none does. */
    OptionalInt mtuOf(InetSocketAddress client) {
        return network.mtuOf(client);
    }

    /**
     * Returns the policy for a running daemon.
     *
     * @param before the previous command, whose providers of storages and files in memory are kept
     */
    RulePolicy rulesInPlaceOf(TftpdCommand before) throws IOException, ConfigException {
        storage.keepRegistryOf(before.storage);
        return policy();
    }

    @Override
    public Integer call() throws InterruptedException, IOException, ConfigException {
        TftpServer server;
        CompletableFuture<TftpServer> starting = new CompletableFuture<>();
        configuration.locating(() -> {
            log.check();
            return null;
        });
        log.configure();
        status = StatusOutput.of(log.isJson());
        Thread onSignal = stopOnSignal(starting, status);
        try {
            server = configuration.locating(() -> {
                checkUser();
                performance.applyToProcess();
                return builder().start();
            });
            starting.complete(server);
            StaleUploads.remove(storages);
        } catch (IOException e) {
            return fail(e);
        } finally {
            if (starting.cancel(false)) {
                Runtime.getRuntime().removeShutdownHook(onSignal);
            }
        }
        StartReport.log(new Version().getVersion()[0], storages, network.mode(), configFile);
        boolean isOnlyOne = server.addresses().size() == 1;
        server.addresses().forEach(address -> status.listening(address, isOnlyOne));
        probe.report(status);
        http.report(status);
        StartReport.warnOfUnwritable(storages);
        StartReport.warnOfSmallHeap(maxTransfers, Runtime.getRuntime().maxMemory());
        warnOfFormerFlags();
        if (USER_NAME.equals("root")) {
            LOG.warn("running as root (expected: another user, by {} or the service manager)", Configuration.USER);
        }
        new CountDownLatch(1).await(); // the shutdown hook ends the process
        return CommandLine.ExitCode.OK;
    }

    /**
     * Checks that the launcher has changed to the user of {@code --user}, since Java cannot change the user of its
     * process.
     */
    private void checkUser() {
        if (user != null && !USER_NAME.equals(user.replaceFirst(":.*", ""))) {
            throw new IllegalArgumentException(Configuration.USER + ": " + user
                    + " (expected: bin/tftpd, started by root; this is " + USER_NAME + ")");
        }
    }

    /** Checks that the parameters do not begin with a misspelt subcommand. */
    private void requireAddress() {
        if (where.isEmpty() || where.get(where.size() - 1).matches("-?\\d+")) {
            return;
        }
        String word = where.get(0);
        Suggestion.near(word, spec.subcommands().keySet()).ifPresent(near -> {
            throw new IllegalArgumentException("unknown command: " + word + " (expected: " + near + ")");
        });
    }

    /** Logs a warning for each hidden flag that is used; its description names the flag that replaces it. */
    private void warnOfFormerFlags() {
        for (OptionSpec option : spec.commandLine().getParseResult().matchedOptions()) {
            if (option.hidden()) {
                LOG.warn("{} will be removed (expected: {})", option.longestName(), option.description()[0]);
            }
        }
    }

    private int fail(IOException e) {
        String problem = Invocation.problemsOf(e).get(0);
        if (e instanceof BindException && problem.endsWith("Permission denied")) {
            problem += " (expected: root with --user NAME, CAP_NET_BIND_SERVICE, a systemd socket,"
                    + " or a port from 1024, such as 6969)";
        }
        if (log.isJson()) {
            LOG.error("{}", problem, e);
        } else {
            System.err.println("tftpd: " + problem);
            if (log.isVerbose()) {
                e.printStackTrace();
            }
        }
        Logging.flush();
        return CommandLine.ExitCode.SOFTWARE;
    }

    private TftpServerBuilder settings(ReloadCounters reloads) {
        TftpServerBuilder builder = TftpServer.builder()
                .maxTransfers(
                        maxTransfers,
                        maxTransfersPerClient == null ? TftpServerBuilder.shareOf(maxTransfers) : maxTransfersPerClient)
                .strictness(tolerant ? Strictness.TOLERANT : Strictness.STRICT)
                .drain(LimitOptions.seconds(drain))
                .drainDelay(LimitOptions.seconds(drainDelay))
                .listener(new TransferLog());
        probe.applyTo(builder);
        http.applyTo(builder, reloads, origin::metrics);
        performance.applyTo(builder);
        addressValidation.applyTo(builder);
        requireAddress();
        network.applyTo(builder, where);
        return builder;
    }

    private TftpServerBuilder builder() throws IOException, ConfigException {
        ReloadCounters reloads = configuration.file() == null ? null : new ReloadCounters();
        TftpServerBuilder builder = settings(reloads).lifecycleListener(status);
        Optional<ServiceNotifier> manager =
                ServiceNotifier.of(System.getenv(), ProcessHandle.current().pid());
        manager.ifPresent(builder::lifecycleListener);
        if (configuration.file() == null) {
            Storage files = storage.roots().storage();
            storages = files.roots();
            HangupSignal.handle(() -> LOG.warn("SIGHUP ignored: no configuration file to reload (expected: --config)"));
            builder.storage(files).limits(limits.limits()).pathMtu(network.isPathMtu());
            builder.listener(new NatWarning(peer -> network.mode()));
            http.showPage(builder, (request, peer) -> RequestPolicy.NO_RULE, this, null, this::policy);
        } else {
            RulePolicy rulePolicy = rulesInPlaceOf(this);
            storages = rulePolicy.storages();
            rulePolicy.warnings().forEach(warning -> LOG.warn("{}", warning));
            ReloadablePolicy<RulePolicy> policy = new ReloadablePolicy<>(rulePolicy);
            builder.policy(policy).portModes(policy).listener(new NatWarning(policy));
            Optional<RunningConfiguration> shown =
                    http.showPage(builder, policy::ruleOf, this, configFile, () -> rulePolicy);
            HangupSignal.handle(new Reload(configuration, this, policy, manager, reloads, shown)::reload);
        }
        if (where.isEmpty()) {
            SocketActivation.descriptors(
                            System.getenv(), ProcessHandle.current().pid())
                    .forEach(builder::inherit);
        }
        if (trace != null) {
            builder.tap(TraceForm.parse(trace).onServer(status::packet));
        }
        if (pcap != null) {
            builder.tap(new PacketCapture(
                    Files.newOutputStream(pcap),
                    failure -> LOG.error("--pcap: {}: capture ended: {}", pcap, failure.getMessage())));
        }
        return builder;
    }

    /**
     * Registers a shutdown hook, which the JVM runs on SIGINT and SIGTERM. The hook drains the server and exits with
     * status 0; otherwise the JVM would exit with the signal's status. It is registered before the first request can be
     * received, so that this request is drained as well.
     */
    private static Thread stopOnSignal(CompletableFuture<TftpServer> starting, StatusOutput status) {
        Thread stop = new Thread(
                () -> {
                    status.interrupted();
                    starting.thenAccept(TftpServer::close).join();
                    Logging.flush();
                    System.out.flush();
                    Runtime.getRuntime().halt(CommandLine.ExitCode.OK);
                },
                "tftpd-stop");
        Runtime.getRuntime().addShutdownHook(stop);
        return stop;
    }
}
