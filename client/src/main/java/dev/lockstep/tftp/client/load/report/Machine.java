package dev.lockstep.tftp.client.load.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** Describes this machine, without a lookup of its name that could block. */
public final class Machine {
    private static final Path HOST_NAME = Path.of("/proc/sys/kernel/hostname");
    private static final Path PROCESSORS = Path.of("/proc/cpuinfo");
    private static final long MEBIBYTE = 1 << 20;

    private Machine() {}

    /**
     * Returns the host name, processors, operating system and virtual machine, as far as they are known.
     *
     * @return one line
     */
    public static String describe() {
        Runtime runtime = Runtime.getRuntime();
        int cores = runtime.availableProcessors();
        String processor = line(PROCESSORS, "model name")
                .map(found -> found.substring(found.indexOf(':') + 1).strip() + ", ")
                .orElse("");
        return line(HOST_NAME, "").map(name -> name.strip() + ": ").orElse("")
                + processor
                + cores + (cores == 1 ? " core, " : " cores, ")
                + System.getProperty("os.name") + " " + System.getProperty("os.version") + ", "
                + System.getProperty("java.vm.name") + " " + System.getProperty("java.version") + ", heap "
                + runtime.maxMemory() / MEBIBYTE + " MiB";
    }

    private static Optional<String> line(Path file, String prefix) {
        try (Stream<String> lines = Files.lines(file)) {
            return lines.filter(line -> line.startsWith(prefix)).findFirst();
        } catch (IOException e) {
            return Optional.empty(); // not Linux
        }
    }
}
