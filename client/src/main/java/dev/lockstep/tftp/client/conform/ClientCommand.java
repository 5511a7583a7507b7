package dev.lockstep.tftp.client.conform;

import java.io.File;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;

/**
 * A client that is a command of the shell. {@code {host}}, {@code {port}} and {@code {file}} are replaced by those of the
 * server, {@code {out}} and {@code {in}} by a file in a new folder.
 *
 * @param get the command that gets a file, or null
 * @param put the command that puts a file, or null
 */
public record ClientCommand(String get, String put) implements TestedClient {
    private static final boolean WINDOWS = File.separatorChar == '\\';

    /** Checks the placeholders. */
    public ClientCommand {
        require("--client", get, "{port}", "{file}", "{out}");
        require("--client-put", put, "{port}", "{file}", "{in}");
    }

    private static void require(String flag, String command, String... placeholders) {
        for (String placeholder : placeholders) {
            if (command != null && !command.contains(placeholder)) {
                throw new IllegalArgumentException(
                        flag + ": " + command + " (expected: with " + String.join(", ", placeholders) + ")");
            }
        }
    }

    @Override
    public boolean gets() {
        return get != null;
    }

    @Override
    public boolean puts() {
        return put != null;
    }

    @Override
    public Running get(InetSocketAddress server, String file) throws IOException {
        return start(get, server, file, Files.createTempDirectory("tftp-conform"));
    }

    @Override
    public Running put(InetSocketAddress server, String file, byte[] content) throws IOException {
        Path folder = Files.createTempDirectory("tftp-conform");
        Files.write(folder.resolve("file"), content);
        return start(put, server, file, folder);
    }

    private static Running start(String template, InetSocketAddress server, String file, Path folder)
            throws IOException {
        Path local = folder.resolve("file");
        String command = template.replace("{host}", server.getAddress().getHostAddress())
                .replace("{port}", "" + server.getPort())
                .replace("{file}", file)
                .replace("{out}", local.toString())
                .replace("{in}", local.toString());
        Process process = new ProcessBuilder(WINDOWS ? List.of("cmd.exe", "/c", command) : List.of("sh", "-c", command))
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("output").toFile())
                .start();
        process.getOutputStream().close();
        return new RunningProcess(process, folder);
    }

    private record RunningProcess(Process process, Path folder) implements Running {
        @Override
        public OptionalInt await(long nanos) {
            try {
                boolean ended = process.waitFor(nanos, TimeUnit.NANOSECONDS);
                return ended ? OptionalInt.of(process.exitValue()) : OptionalInt.empty();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw CheckEnd.skipped("interrupted");
            }
        }

        @Override
        public byte[] file() throws IOException {
            try {
                return Files.readAllBytes(folder.resolve("file"));
            } catch (NoSuchFileException missing) {
                return null;
            }
        }

        @Override
        public void close() {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
            try {
                process.waitFor(1, TimeUnit.SECONDS);
                try (var left = Files.list(folder)) {
                    for (Path file : left.toList()) {
                        Files.deleteIfExists(file);
                    }
                }
                Files.deleteIfExists(folder);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (IOException e) {
                // a file in the folder for temporary files
            }
        }
    }
}
