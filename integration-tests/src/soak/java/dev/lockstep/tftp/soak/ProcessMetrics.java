package dev.lockstep.tftp.soak;

import com.sun.management.UnixOperatingSystemMXBean;
import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.management.JMException;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/**
 * Reads the metrics of a Java process of this machine. Direct memory is what the JVM counts as {@code Other}: all memory
 * that is allocated explicitly outside the heap. The process must run with {@value #FLAG}.
 */
final class ProcessMetrics implements AutoCloseable {
    static final String FLAG = "-XX:NativeMemoryTracking=summary";

    private static final double MIB = 1 << 20;
    private static final Pattern OTHER = Pattern.compile("Other \\(reserved=\\d+KB, committed=(\\d+)KB\\)");
    private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+(\\d+) kB");

    private final long pid;
    private final JMXConnector connector;
    private final MBeanServerConnection server;
    private final MemoryMXBean memory;
    private final ThreadMXBean threads;
    private final UnixOperatingSystemMXBean system;

    ProcessMetrics(long pid) throws IOException {
        this.pid = pid;
        try {
            VirtualMachine machine = VirtualMachine.attach(Long.toString(pid));
            connector = JMXConnectorFactory.connect(new JMXServiceURL(machine.startLocalManagementAgent()));
            machine.detach();
        } catch (AttachNotSupportedException e) {
            throw new IOException("cannot attach to process " + pid, e);
        }
        server = connector.getMBeanServerConnection();
        memory = bean(ManagementFactory.MEMORY_MXBEAN_NAME, MemoryMXBean.class);
        threads = bean(ManagementFactory.THREAD_MXBEAN_NAME, ThreadMXBean.class);
        system = bean(ManagementFactory.OPERATING_SYSTEM_MXBEAN_NAME, UnixOperatingSystemMXBean.class);
    }

    private <T> T bean(String name, Class<T> type) throws IOException {
        return ManagementFactory.newPlatformMXBeanProxy(server, name, type);
    }

    /** Returns a sample after a garbage collection. */
    ResourceSample take(double seconds) throws IOException {
        memory.gc();
        return new ResourceSample(
                seconds,
                memory.getHeapMemoryUsage().getUsed() / MIB,
                direct(),
                system.getOpenFileDescriptorCount(),
                threads.getThreadCount(),
                number(RESIDENT, Files.readString(Path.of("/proc/" + pid + "/status"))) / 1024);
    }

    private double direct() throws IOException {
        try {
            Object summary = server.invoke(
                    new ObjectName("com.sun.management:type=DiagnosticCommand"),
                    "vmNativeMemory",
                    new Object[] {new String[] {"summary"}},
                    new String[] {String[].class.getName()});
            return number(OTHER, (String) summary) / 1024;
        } catch (JMException e) {
            throw new IOException("no native memory summary", e);
        }
    }

    private static double number(Pattern pattern, String text) throws IOException {
        Matcher found = pattern.matcher(text);
        if (!found.find()) {
            throw new IOException("no match: " + text + " (expected: " + pattern + ")");
        }
        return Double.parseDouble(found.group(1));
    }

    @Override
    public void close() throws IOException {
        connector.close();
    }
}
