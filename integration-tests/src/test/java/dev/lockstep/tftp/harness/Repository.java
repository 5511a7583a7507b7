package dev.lockstep.tftp.harness;

import java.nio.file.Path;

/** Where the built programs are. */
public final class Repository {
    /** Maven runs the suites in their module's folder. */
    public static final Path ROOT =
            Path.of(System.getProperty("user.dir")).toAbsolutePath().getParent();

    /** Small enough for a busy machine, and every buffer that is not given back is reported. */
    public static final String JAVA_OPTIONS = "-Xmx256m -Dio.netty.leakDetection.level=paranoid";

    private Repository() {}
}
