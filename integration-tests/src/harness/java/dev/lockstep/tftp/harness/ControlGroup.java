package dev.lockstep.tftp.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A control group that limits the memory of the processes in it, the page cache included. Needs root. */
public final class ControlGroup implements AutoCloseable {
    private final Path folder;

    private ControlGroup(Path folder) {
        this.folder = folder;
    }

    /** Creates a group with a limit in bytes. Control groups of version 1 and 2 will do. */
    public static ControlGroup limited(long bytes) {
        Tool.needed(Tool.ROOT);
        Path former = Path.of("/sys/fs/cgroup/memory");
        boolean isFormer = Files.exists(former.resolve("memory.limit_in_bytes"));
        Path parent = isFormer ? former : Path.of("/sys/fs/cgroup");
        try {
            Path controllers = parent.resolve("cgroup.subtree_control");
            Tool.require(
                    isFormer
                            || Files.exists(controllers)
                                    && Files.readString(controllers).contains("memory"),
                    "control groups for memory");
            Tool.require(Files.isWritable(parent), "control groups that can be written");
            Path folder = Files.createTempDirectory(parent, "lockstep-");
            Files.writeString(folder.resolve(isFormer ? "memory.limit_in_bytes" : "memory.max"), Long.toString(bytes));
            return new ControlGroup(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the command prefix that runs a command in the group. */
    public List<String> starter() {
        return List.of("sh", "-c", "echo $$ >" + folder.resolve("cgroup.procs") + " && exec \"$@\"", "sh");
    }

    /** Returns the numbers of the processes in the group. */
    public List<String> processes() {
        try {
            return Files.readAllLines(folder.resolve("cgroup.procs"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits for the end of the last process. */
    @Override
    public void close() {
        Await.until(
                "the end of the last process of " + folder,
                () -> folder.toFile().delete());
    }
}
