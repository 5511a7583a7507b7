package dev.lockstep.tftp.client.conform;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A folder of this machine. */
record LocalFolder(Path path) implements ServerFolder {
    private static final long PIPE_SECONDS = 5;

    @Override
    public void write(String name, byte[] content) throws IOException {
        Path file = Files.write(path.resolve(name), content);
        allow(file, "rw-rw-rw-");
    }

    private static void allow(Path file, String rights) throws IOException {
        try {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(rights));
        } catch (UnsupportedOperationException e) {
            // Windows: new files inherit the rights of the folder
        }
    }

    @Override
    public byte[] read(String name) throws IOException {
        try {
            return Files.readAllBytes(path.resolve(name));
        } catch (NoSuchFileException missing) {
            return null;
        }
    }

    @Override
    public Set<String> names() throws IOException {
        try (Stream<Path> files = Files.list(path)) {
            return files.map(file -> file.getFileName().toString()).collect(Collectors.toSet());
        }
    }

    @Override
    public void truncate(String name, int size) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(path.resolve(name).toFile(), "rw")) {
            file.setLength(size);
        }
    }

    @Override
    public void makeFolder(String name) throws IOException {
        Files.createDirectories(path.resolve(name));
    }

    @Override
    public boolean makePipe(String name) throws IOException {
        Files.deleteIfExists(path.resolve(name));
        return shell("mkfifo -m 666 \"$0\"", name);
    }

    @Override
    public void releasePipe(String name) throws IOException {
        shell("exec 3<>\"$0\"", name); // opens at once, and lets all readers and writers continue
    }

    private boolean shell(String script, String name) throws IOException {
        try {
            Process process = new ProcessBuilder(
                            "sh", "-c", script, path.resolve(name).toString())
                    .redirectErrorStream(true)
                    .start();
            return process.waitFor(PIPE_SECONDS, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @Override
    public void delete(String name) throws IOException {
        Files.deleteIfExists(path.resolve(name));
    }
}
