package dev.lockstep.tftp.server.cli;

import dev.lockstep.tftp.channel.AddressFormat;
import dev.lockstep.tftp.channel.PacketCapture;
import dev.lockstep.tftp.channel.PacketTrace;
import dev.lockstep.tftp.codec.Strictness;
import dev.lockstep.tftp.server.ReloadablePolicy;
import dev.lockstep.tftp.server.TftpServer;
import dev.lockstep.tftp.server.TftpServerBuilder;
import dev.lockstep.tftp.server.TransferLog;
import dev.lockstep.tftp.server.rules.ConfigException;
import dev.lockstep.tftp.server.rules.RulePolicy;
import dev.lockstep.tftp.server.service.ServiceNotifier;
import dev.lockstep.tftp.server.storage.DirectoryStorage;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tftpd}: serves files until it is told to stop. */
@Command(
        name = "tftpd",
        description = "Serves files by TFTP (RFC 1350, 2347, 2348, 2349, 7440).",
        mixinStandardHelpOptions = true,
        versionProvider = TftpdCommand.Version.class,
        sortOptions = false,
        abbreviateSynopsis = true,
        subcommands = {CheckCommand.class, ExplainCommand.class},
        customSynopsis = {"tftpd [OPTIONS] [[ADDRESS] PORT]", "tftpd [OPTIONS] COMMAND"})
public final class TftpdCommand implements Callable<Integer> {
    private static final Logger LOG = LoggerFactory.getLogger("tftpd");
    private static final String USER_NAME = System.getProperty("user.name");

    @Parameters(
            arity = "0..2",
            paramLabel = "ADDRESS PORT",
            description = "Where to listen; every address and port 69 by default; port 0 takes a free one.")
    private List<String> where = List.of();

    private final Configuration configuration;
    private final StaleUploads staleUploads = new StaleUploads();

    @Mixin
    private RuleOptions rules;

    @Mixin
    private StorageOptions storage;

    @Mixin
    private LimitOptions limits;

    @Mixin
    private PerformanceOptions performance;

    @Mixin
    private AmplificationOptions unvalidated;

    @Mixin
    private ProbeOptions probe;

    @Mixin
    private NetworkOptions network;

    @Option(names = "--max-transfers", paramLabel = "N", description = "Transfers at once; 10000 by default.")
    private int maxTransfers = 10_000;

    @Option(
            names = "--max-transfers-per-client",
            paramLabel = "N",
            description = "The same for one client, by its IPv4 address or IPv6 /64; a quarter of all by default.")
    private Integer maxTransfersPerClient;

    @Option(
            names = Configuration.USER,
            paramLabel = "NAME[:GROUP]",
            description = "Serve as that user, with no more rights than to bind ports below 1024. For the launcher,"
                    + " started by root: Java itself runs as that user, who must be able to read all it needs.")
    private String user;

    @Option(names = "--tolerant", description = "Serve requests over 512 octets or without their last NUL.")
    private boolean tolerant;

    @Option(names = "--drain", paramLabel = "SECONDS", description = "How long running transfers may finish; 30.")
    private double drain = 30;

    @Option(names = "--trace", description = "Print each packet.")
    private boolean trace;

    @Option(names = "--pcap", paramLabel = "FILE", description = "Write each packet to a capture for Wireshark.")
    private Path pcap;

    @Mixin
    private LogOptions log;

    /** Reads the version from the jar. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = TftpdCommand.class.getPackage().getImplementationVersion();
            return new String[] {"tftpd (Lockstep TFTP) " + (version == null ? "development" : version)};
        }
    }

    /** Runs the command and exits with its status. */
    public static void main(String[] args) {
        System.exit(Invocation.run(args));
    }

    /** What no flag says. */
    public TftpdCommand() {
        this(Configuration.NONE);
    }

    TftpdCommand(Configuration configuration) {
        this.configuration = configuration;
    }

    /** Its rules, without starting anything or tidying up; all flags are checked, too. */
    RulePolicy lookAtRules() throws IOException, ConfigException {
        return configuration.locating(() -> {
            RuleSettings settings = new RuleSettings(storage, limits, network, DirectoryStorage::at);
            RulePolicy policy = settings.read(configuration.file());
            settings().policy(policy).check();
            return policy;
        });
    }

    /** What a flag says of the MTU of the way to a client. */
    OptionalInt mtuOf(InetSocketAddress client) {
        return network.mtuOf(client);
    }

    /** Its rules for a daemon that runs; files in memory stay those of the command it was started by. */
    RulePolicy rulesInPlaceOf(TftpdCommand before) throws IOException, ConfigException {
        storage.keepMemoryOf(before.storage);
        return new RuleSettings(storage, limits, network, staleUploads).read(configuration.file());
    }

    @Override
    public Integer call() throws InterruptedException, ConfigException {
        TftpServer server;
        CompletableFuture<TftpServer> starting = new CompletableFuture<>();
        Thread onSignal = stopOnSignal(starting);
        try {
            server = configuration.locating(() -> {
                log.configure();
                checkUser();
                return builder().start();
            });
            starting.complete(server);
            staleUploads.remove();
        } catch (IOException e) {
            return fail(e);
        } finally {
            if (starting.cancel(false)) {
                Runtime.getRuntime().removeShutdownHook(onSignal);
            }
        }
        for (InetSocketAddress address : server.addresses()) {
            String on = server.addresses().size() > 1 ? " on " + AddressFormat.of(address.getAddress()) : "";
            System.out.println("Listening port " + address.getPort() + on);
        }
        probe.announce(System.out);
        if (USER_NAME.equals("root")) {
            LOG.warn("running as root (expected: another user, by {} or the service manager)", Configuration.USER);
        }
        new CountDownLatch(1).await(); // the signal's thread ends the process
        return CommandLine.ExitCode.OK;
    }

    /** Java can't leave a user for another: the launcher has done it, or nobody has. */
    private void checkUser() {
        if (user != null && !USER_NAME.equals(user.replaceFirst(":.*", ""))) {
            throw new IllegalArgumentException(Configuration.USER + ": " + user
                    + " (expected: bin/tftpd, started by root; this is " + USER_NAME + ")");
        }
    }

    private int fail(IOException e) {
        System.err.println("tftpd: " + e.getMessage());
        if (log.isVerbose()) {
            e.printStackTrace();
        }
        Logging.flush();
        return CommandLine.ExitCode.SOFTWARE;
    }

    private TftpServerBuilder settings() {
        TftpServerBuilder builder = TftpServer.builder()
                .maxTransfers(
                        maxTransfers,
                        maxTransfersPerClient == null ? TftpServerBuilder.shareOf(maxTransfers) : maxTransfersPerClient)
                .strictness(tolerant ? Strictness.TOLERANT : Strictness.STRICT)
                .drain(LimitOptions.seconds(drain))
                .listener(new TransferLog());
        probe.applyTo(builder);
        performance.applyTo(builder);
        unvalidated.applyTo(builder);
        network.applyTo(builder, where);
        return builder;
    }

    private TftpServerBuilder builder() throws IOException, ConfigException {
        TftpServerBuilder builder = settings();
        Optional<ServiceNotifier> manager =
                ServiceNotifier.of(System.getenv(), ProcessHandle.current().pid());
        manager.ifPresent(builder::companion);
        if (configuration.file() == null) {
            builder.storage(storage.storage(staleUploads)).limits(limits.limits());
        } else {
            ReloadablePolicy<RulePolicy> policy = new ReloadablePolicy<>(rulesInPlaceOf(this));
            builder.policy(policy).portModes(policy);
            new Reload(configuration, this, policy, manager).onSignal();
        }
        if (where.isEmpty()) {
            SocketActivation.descriptors(
                            System.getenv(), ProcessHandle.current().pid())
                    .forEach(builder::inherit);
        }
        if (trace) {
            builder.tap(PacketTrace.onServer(System.out::println));
        }
        if (pcap != null) {
            builder.tap(new PacketCapture(
                    Files.newOutputStream(pcap),
                    failure -> LOG.error("--pcap: {}: capture ended: {}", pcap, failure.getMessage())));
        }
        return builder;
    }

    /**
     * On SIGINT and SIGTERM the virtual machine runs this and would then exit with the signal's status. It is there
     * before the first request can be: that one is drained like any other.
     */
    private static Thread stopOnSignal(CompletableFuture<TftpServer> starting) {
        Thread stop = new Thread(
                () -> {
                    System.out.println("Interrupt, quitting...");
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
