package dev.lockstep.tftp.harness;

import java.nio.file.Path;

/** The location of the built programs. */
public final class Repository {
    /** The root folder of the repository. Maven runs the suites in the folder of their module. */
    public static final Path ROOT =
            Path.of(System.getProperty("user.dir")).toAbsolutePath().getParent();

    /** Options for a small heap on a busy machine, and without the C2 compiler, which a short run does not need. */
    public static final String QUICK_OPTIONS = "-Xmx256m -XX:TieredStopAtLevel=1";

    /**
     * {@link #QUICK_OPTIONS}, and a report of every buffer that is not released. The report needs a stack trace of each
     * buffer, so stack traces are short.
     */
    public static final String JAVA_OPTIONS = QUICK_OPTIONS
            + " -Dio.netty.leakDetection.level=paranoid -Dio.netty.leakDetection.targetRecords=0"
            + " -XX:MaxJavaStackTraceDepth=8";

    private Repository() {}
}
