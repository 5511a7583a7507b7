package dev.lockstep.tftp.harness;

import dev.lockstep.tftp.client.cli.TftpCommand;
import dev.lockstep.tftp.server.cli.TftpdCommand;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntSupplier;

/**
 * Runs the commands on a thread of the tests. For tests of datagrams, files and messages, where a process would only add
 * its start of up to half a second. Two restrictions: one command runs at a time, since it has the standard streams of
 * the tests; and relative file names do not work, since all threads share one working folder.
 */
public final class InProcess {
    private InProcess() {}

    /** Starts the client {@code tftp} with these arguments. */
    public static Run tftp(String... arguments) {
        return start("tftp", () -> TftpCommand.execute(arguments), arguments);
    }

    /** Runs {@code tftpd} with arguments with which it does not serve, and returns its result. */
    public static Run.Result tftpd(String... arguments) {
        try (Run run = start("tftpd", () -> TftpdCommand.execute(arguments), arguments)) {
            return run.await();
        }
    }

    private static Run start(String name, IntSupplier main, String... arguments) {
        List<String> command = new ArrayList<>(List.of(name));
        command.addAll(List.of(arguments));
        return CommandThread.start(command, main);
    }
}
