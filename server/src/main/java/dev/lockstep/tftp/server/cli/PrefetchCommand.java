package dev.lockstep.tftp.server.cli;

import dev.lockstep.tftp.codec.Options;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.codec.TftpMessage.ReadRequest;
import dev.lockstep.tftp.codec.TransferMode;
import dev.lockstep.tftp.internal.text.LogSanitizer;
import dev.lockstep.tftp.io.Source;
import dev.lockstep.tftp.server.internal.logging.Logging;
import dev.lockstep.tftp.server.rules.ConfigException;
import dev.lockstep.tftp.server.rules.Explanation;
import dev.lockstep.tftp.server.rules.RulePolicy;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code tftpd prefetch}: fetches files of origins into the cache, before clients request them. */
@Command(
        name = "prefetch",
        description = "Fetches files of origins into the cache, which a running daemon may use at the same time."
                + " Run it as the user of the daemon.",
        mixinStandardHelpOptions = true,
        versionProvider = TftpdCommand.Version.class,
        customSynopsis = {"tftpd prefetch [OPTIONS] [PATH...]"},
        footerHeading = "%nExamples:%n",
        footer = {
            "  tftpd prefetch -c /etc/tftpd.toml \\",
            "      grubx64.efi vmlinuz",
            "  tftpd prefetch -c /etc/tftpd.toml \\",
            "      --list /etc/tftpd.list"
        },
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {"0:all files are in the cache", "1:a file could not be fetched", "2:wrong usage"})
final class PrefetchCommand implements Callable<Integer> {
    private static final int PARALLEL = 8;
    private static final int BUFFER = 256 * 1024;

    @ParentCommand
    private TftpdCommand daemon;

    @Spec
    private CommandSpec spec;

    @Option(
            names = {"-c", Configuration.FLAG},
            paramLabel = "FILE",
            description = "The configuration file.")
    private Path config;

    @Option(names = "--list", paramLabel = "FILE", description = "File with one name a line; - for standard input.")
    private String list;

    @Option(
            names = "--client",
            paramLabel = "IP",
            description = "Address of the client for which rules choose the files (default ${DEFAULT-VALUE}).")
    private String client = "127.0.0.1";

    @Parameters(paramLabel = "PATH", description = "File names as clients send them.")
    private List<String> paths = List.of();

    @Override
    public Integer call() throws IOException, ConfigException, InterruptedException {
        Logging.configure(false, true, false, 1);
        InetSocketAddress peer;
        try {
            peer = new InetSocketAddress(Explanation.client(client), 0);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "--client: " + e.getMessage());
        }
        List<String> names = names();
        if (names.isEmpty()) {
            throw new ParameterException(spec.commandLine(), "no files (expected: PATH, or --list FILE)");
        }
        RulePolicy policy = daemon.lookAtRules();
        ExecutorService threads = Executors.newFixedThreadPool(PARALLEL);
        List<Future<Long>> fetches = new ArrayList<>();
        names.forEach(name -> fetches.add(threads.submit(() -> fetch(policy, name, peer))));
        threads.shutdown();
        int status = 0;
        for (int i = 0; i < fetches.size(); i++) {
            String name = LogSanitizer.of(names.get(i));
            try {
                System.out.println(name + ": " + fetches.get(i).get() + " bytes");
            } catch (ExecutionException e) {
                System.err.println(
                        "tftpd: " + name + ": " + TftpException.of(e.getCause()).explained());
                status = 1;
            }
        }
        return status;
    }

    private List<String> names() throws IOException {
        List<String> names = new ArrayList<>(paths);
        if (list != null) {
            try (BufferedReader lines = list.equals("-")
                    ? new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))
                    : Files.newBufferedReader(Path.of(list))) {
                lines.lines()
                        .map(String::strip)
                        .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                        .forEach(names::add);
            }
        }
        return names;
    }

    /** Reads a file to its end, which puts it into the cache. Returns its size in bytes. */
    private static long fetch(RulePolicy policy, String name, InetSocketAddress peer) throws IOException {
        ReadRequest request = new ReadRequest(name, TransferMode.OCTET, Options.NONE);
        try (Source source = policy.resolve(request, peer).storage().read(request, peer)) {
            ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
            long size = 0;
            for (int read = source.read(buffer); read >= 0; read = source.read(buffer.clear())) {
                size += read;
            }
            return size;
        }
    }
}
