package dev.lockstep.tftp.client.conform.cli;

import dev.lockstep.tftp.client.RemoteFile;
import dev.lockstep.tftp.client.cli.StatusLine;
import dev.lockstep.tftp.client.cli.Terminals;
import dev.lockstep.tftp.client.cli.TftpCommand;
import dev.lockstep.tftp.client.conform.Check;
import dev.lockstep.tftp.client.conform.CheckResult;
import dev.lockstep.tftp.client.conform.ClientCommand;
import dev.lockstep.tftp.client.conform.ClientRun;
import dev.lockstep.tftp.client.conform.ProtocolCase;
import dev.lockstep.tftp.client.conform.ServerRun;
import dev.lockstep.tftp.client.conform.Status;
import dev.lockstep.tftp.client.conform.report.ConformPage;
import dev.lockstep.tftp.client.conform.report.ConformReport;
import dev.lockstep.tftp.client.conform.report.ConformTable;
import dev.lockstep.tftp.client.conform.report.JUnitReport;
import dev.lockstep.tftp.codec.TransferMode;
import dev.lockstep.tftp.internal.text.AddressFormat;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tftp conform}: checks how a server or a client follows the RFCs. */
@Command(
        name = "conform",
        mixinStandardHelpOptions = true,
        versionProvider = TftpCommand.Version.class,
        sortOptions = false,
        description = {
            "Checks whether a server or a client follows the RFCs, case by case.",
            "For a server, the tester is a client that also sends what no client should send. It needs files: they are"
                    + " placed in --upload-dir, uploaded, or named with --file; a check that misses one is skipped.",
            "For a client, the tester is a server on a free port of 127.0.0.1, and runs the command once for each check,"
                    + " with {host}, {port} and {file} of the server and {out} or {in}, a local file."
        },
        customSynopsis = {
            "tftp conform [OPTIONS] HOST[:PORT] [ID...]",
            "tftp conform [OPTIONS] --client COMMAND [ID...]",
            "tftp conform --list [--client COMMAND]"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  tftp conform 192.0.2.1",
            "  tftp conform 127.0.0.1:6969 \\",
            "      --upload-dir /srv/tftp \\",
            "      --html conform.html",
            "  tftp conform 192.0.2.1 5 F6 \\",
            "      --pcap captures",
            "  tftp conform --list"
        },
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {
            "0:no check of severity MUST failed",
            "1:one failed (with --strict also SHOULD), or there was no reply",
            "2:wrong usage"
        })
public final class ConformCommand implements Callable<Integer> {
    private static final int MOST_PARALLEL = 64;
    private static final double NANOS = 1e9;

    @Spec
    private CommandSpec spec;

    @Parameters(
            arity = "0..*",
            paramLabel = "HOST[:PORT] [ID...]",
            description = "The server, and the IDs of the checks to run (default: all).")
    private List<String> arguments = new ArrayList<>();

    @Option(
            names = "--upload-dir",
            paramLabel = "DIR",
            description = "The folder of the server on this machine, to place files and look at uploads.")
    private Path uploadDir;

    @Option(names = "--file", paramLabel = "NAME", description = "A file of 6 KiB or more that the server serves.")
    private String file;

    @Option(
            names = "--client",
            paramLabel = "COMMAND",
            description = "Check a client: the shell command that gets tftp://{host}:{port}/{file} into {out}.")
    private String client;

    @Option(
            names = "--client-put",
            paramLabel = "COMMAND",
            description = "The shell command that puts {in} to tftp://{host}:{port}/{file}.")
    private String clientPut;

    @Option(names = "--strict", description = "Exit with status 1 also if a check of severity SHOULD fails.")
    private boolean strict;

    @Option(names = "--parallel", paramLabel = "N", description = "Checks that run at once (default ${DEFAULT-VALUE}).")
    private int parallel = 8;

    @Option(names = "--list", description = "Explain all checks, and why a case has none.")
    private boolean list;

    @Option(names = "--junit", paramLabel = "FILE", description = "Write the results as JUnit XML.")
    private Path junit;

    @Option(names = "--html", paramLabel = "FILE", description = "Write the results as one HTML page.")
    private Path html;

    @Option(
            names = "--pcap",
            paramLabel = "DIR",
            description = "Write a capture of each failed check, such as 5.pcap, for Wireshark.")
    private Path pcap;

    @Option(
            names = {"-q", "--quiet"},
            description = "Print failed checks and errors only.")
    private boolean quiet;

    @Option(
            names = {"-v", "--verbose"},
            description = "Print the datagrams of failed checks.")
    private boolean verbose;

    @Override
    public Integer call() throws InterruptedException {
        try {
            if (list) {
                System.out.print(
                        isClient()
                                ? ConformTable.list(ClientRun.checks(), ProtocolCase::noClientCheck)
                                : ConformTable.list(ServerRun.checks(), ProtocolCase::noServerCheck));
                return 0;
            }
            if (parallel < 1 || parallel > MOST_PARALLEL) {
                throw new IllegalArgumentException(
                        "--parallel: " + parallel + " (expected: 1 to " + MOST_PARALLEL + ")");
            }
            return isClient() ? checkClient() : checkServer();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        } catch (UnknownHostException e) {
            System.err.println("tftp: " + e.getMessage() + ": unknown host");
            return 1;
        }
    }

    private boolean isClient() {
        return client != null || clientPut != null;
    }

    private int checkClient() throws InterruptedException {
        if (uploadDir != null || file != null) {
            throw new IllegalArgumentException("--client: with --upload-dir or --file (expected: for a server only)");
        }
        ClientRun run = new ClientRun(new ClientCommand(client, clientPut), pcap != null);
        var checks = chosen(arguments, ClientRun.checks());
        String target = client == null ? clientPut : client;
        return check(target, checks.size(), listener -> run.run(checks, parallel, listener));
    }

    private int checkServer() throws UnknownHostException, InterruptedException {
        if (arguments.isEmpty()) {
            throw new IllegalArgumentException("no server (expected: HOST[:PORT], or --client COMMAND)");
        }
        if (uploadDir != null && !Files.isDirectory(uploadDir)) {
            throw new IllegalArgumentException("--upload-dir: " + uploadDir + " (expected: a folder)");
        }
        InetSocketAddress server = address(arguments.get(0));
        var checks = chosen(arguments.subList(1, arguments.size()), ServerRun.checks());
        ServerRun run = new ServerRun(server, uploadDir, file, pcap != null);
        return check(AddressFormat.of(server), checks.size(), listener -> run.run(checks, parallel, listener));
    }

    private static InetSocketAddress address(String text) throws UnknownHostException {
        RemoteFile remote;
        try {
            remote = RemoteFile.parse("tftp://" + text + "/", TransferMode.OCTET);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(text + " (expected: HOST[:PORT])", e);
        }
        return new InetSocketAddress(InetAddress.getByName(remote.host()), remote.port());
    }

    private static <P> List<Check<P>> chosen(List<String> ids, Collection<Check<P>> all) {
        if (ids.isEmpty()) {
            return List.copyOf(all);
        }
        Set<Check<P>> chosen = new LinkedHashSet<>();
        ids.forEach(id -> chosen.addAll(Check.named(id, all)));
        return all.stream().filter(chosen::contains).toList();
    }

    /** Runs checks. */
    @FunctionalInterface
    private interface Run {
        List<CheckResult> with(Consumer<CheckResult> listener) throws IOException, InterruptedException;
    }

    private int check(String target, int checks, Run run) throws InterruptedException {
        Instant begin = Instant.now();
        StatusLine line = new StatusLine();
        boolean progress = !quiet && Terminals.canRewriteLines(Terminals.ERRORS);
        AtomicInteger done = new AtomicInteger();
        List<CheckResult> results;
        try {
            results = run.with(result -> {
                if (progress) {
                    synchronized (line) {
                        line.measure();
                        line.show(done.incrementAndGet() + " of " + checks + " checks");
                    }
                }
            });
        } catch (IOException e) {
            System.err.println("tftp: " + target + ": " + e.getMessage());
            return 1;
        } finally {
            line.erase();
        }
        double seconds = Duration.between(begin, Instant.now()).toNanos() / NANOS;
        String version = new TftpCommand.Version().getVersion()[0];
        ConformReport report = new ConformReport(target, results, begin, seconds, version);
        print(report);
        boolean written = write(report);
        return written && results.stream().noneMatch(result -> result.isViolation(strict)) ? 0 : 1;
    }

    private void print(ConformReport report) {
        boolean colours = Terminals.canRewriteLines(Terminals.OUTPUT)
                && System.getenv().getOrDefault("NO_COLOR", "").isEmpty();
        ConformReport shown = report;
        if (quiet) {
            List<CheckResult> failed = report.results().stream()
                    .filter(result -> result.status() == Status.FAILED)
                    .toList();
            shown = new ConformReport(report.target(), failed, report.begin(), report.seconds(), report.version());
        }
        if (!quiet || !shown.results().isEmpty()) {
            System.out.print(ConformTable.of(shown, colours, verbose));
        }
    }

    private boolean write(ConformReport report) {
        try {
            if (junit != null) {
                Files.writeString(junit, JUnitReport.of(report, strict));
            }
            if (html != null) {
                Files.writeString(html, ConformPage.of(report));
            }
            if (pcap != null) {
                Files.createDirectories(pcap);
                for (CheckResult result : report.results()) {
                    if (result.capture() != null) {
                        Files.write(pcap.resolve(result.check().id() + ".pcap"), result.capture());
                    }
                }
            }
            return true;
        } catch (IOException e) {
            System.err.println("tftp: " + e.getMessage() + ": cannot be written");
            return false;
        }
    }
}
