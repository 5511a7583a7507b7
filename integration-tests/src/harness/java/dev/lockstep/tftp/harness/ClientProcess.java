package dev.lockstep.tftp.harness;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Runs the client {@code tftp} as a process. */
public final class ClientProcess {
    private ClientProcess() {}

    /** Starts {@code tftp} with these arguments in a folder. */
    public static Run tftp(Path folder, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Repository.ROOT.resolve("client/bin/tftp").toString());
        command.addAll(List.of(arguments));
        return Run.start(folder, Map.of("JAVA_OPTS", Repository.JAVA_OPTIONS), command);
    }
}
