package dev.lockstep.tftp.client.shell;

import dev.lockstep.tftp.client.RemoteFile;
import dev.lockstep.tftp.client.cli.PacketOptions;
import dev.lockstep.tftp.client.cli.Terminals;
import dev.lockstep.tftp.client.cli.TftpCommand;
import dev.lockstep.tftp.event.PacketTap;
import dev.lockstep.tftp.internal.capture.PacketCapture;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tftp shell}: executes commands from a terminal or from a pipe. */
@Command(
        name = "shell",
        mixinStandardHelpOptions = true,
        versionProvider = TftpCommand.Version.class,
        sortOptions = false,
        description = "Executes commands such as connect, get and put; 'help' lists them.",
        customSynopsis = {
            "tftp shell [OPTIONS] [HOST [PORT]] [-c COMMAND...]",
            "tftp HOST [PORT] [OPTIONS] [-c COMMAND...]"
        },
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {"0:all commands succeeded", "1:a command failed", "2:wrong usage"},
        footerHeading = "%nExamples:%n",
        footer = {"  tftp shell 192.0.2.1", "  tftp 192.0.2.1 -c mget a b", "  echo 'get a' | tftp shell 192.0.2.1"})
public final class ShellCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(
            arity = "0..2",
            paramLabel = "HOST PORT",
            description = "The server, and its port (default " + RemoteFile.TFTP_PORT + ").")
    private List<String> server = List.of();

    @Mixin
    private PacketOptions packets;

    @Option(
            names = {"-v", "--verbose"},
            description = "Print more details of each transfer.")
    private boolean verbose;

    @Option(
            names = {"-m", "--mode"},
            paramLabel = "octet|netascii",
            description = "Transfer mode (default ${DEFAULT-VALUE}).")
    private String mode = "octet";

    @Option(
            names = {"-c", "--command"},
            arity = "1..*",
            paramLabel = "COMMAND",
            description = "Execute one command with its arguments, the rest of the line, and exit.")
    private List<String> command = List.of();

    @Override
    public Integer call() throws IOException {
        ShellSettings settings = new ShellSettings(packets.isTraced(), verbose);
        PacketCapture capture;
        PacketTap trace;
        try {
            settings.mode(mode);
            if (!server.isEmpty()) {
                settings.connect(server.get(0), server.size() > 1 ? server.get(1) : null);
            }
            trace = packets.trace();
            capture = packets.openCapture().orElse(null);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        } catch (UnknownHostException e) {
            System.err.println("tftp: " + server.get(0) + ": unknown host");
            return 1;
        }
        ShellTransfers transfers = new ShellTransfers(settings, trace, capture);
        Runtime.getRuntime().addShutdownHook(new Thread(transfers::close, "tftp-stop"));
        try (transfers) {
            Shell shell = new Shell(settings, transfers);
            if (!command.isEmpty()) {
                shell.execute(command);
            } else if (Terminals.canRewriteLines(Terminals.INPUT, Terminals.OUTPUT)) {
                ShellTerminal.run(shell, settings, transfers);
            } else {
                runPiped(shell);
            }
            return shell.hasFailed() ? 1 : 0;
        }
    }

    /** Executes the lines of standard input. On a terminal that cannot edit lines, each one has a plain prompt. */
    private static void runPiped(Shell shell) throws IOException {
        String prompt = Terminals.are(Terminals.INPUT, Terminals.OUTPUT) ? ShellTerminal.PROMPT : "";
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        boolean on = true;
        while (on) {
            System.out.print(prompt);
            System.out.flush();
            String line = lines.readLine();
            on = line != null && shell.execute(line);
        }
    }
}
