package dev.lockstep.tftp.harness;

import dev.lockstep.tftp.client.cli.TftpCommand;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs the client {@code tftp} on a thread of the tests. For tests of its datagrams, files and messages, where a process
 * would only add its start of a quarter of a second. Two restrictions: one client runs at a time, since it has the
 * standard streams of the tests; and relative file names do not work, since all threads share one working folder.
 */
public final class InProcessClient {
    private InProcessClient() {}

    /** Starts {@code tftp} with these arguments. */
    public static Run tftp(String... arguments) {
        List<String> command = new ArrayList<>(List.of("tftp"));
        command.addAll(List.of(arguments));
        return CommandThread.start(command, () -> TftpCommand.execute(arguments));
    }
}
