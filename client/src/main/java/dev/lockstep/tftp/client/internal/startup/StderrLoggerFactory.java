package dev.lockstep.tftp.client.internal.startup;

import io.netty.util.internal.logging.InternalLogLevel;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Arrays;

/**
 * Prints Netty's warnings on standard error. Loading {@code java.util.logging} would take longer than the transfer of a
 * small file.
 */
final class StderrLoggerFactory extends InternalLoggerFactory {
    private StderrLoggerFactory() {}

    /** Installs this factory for all loggers that are created from now on. */
    static void toStandardError() {
        InternalLoggerFactory.setDefaultFactory(new StderrLoggerFactory());
    }

    @Override
    protected InternalLogger newInstance(String name) {
        Class<?>[] type = {InternalLogger.class};
        return (InternalLogger) Proxy.newProxyInstance(
                InternalLogger.class.getClassLoader(), type, (proxy, method, given) -> handle(name, method, given));
    }

    private static Object handle(String name, Method method, Object[] given) {
        String called = method.getName();
        boolean printed = called.startsWith("warn")
                || called.startsWith("error")
                || called.equals("isWarnEnabled")
                || called.equals("isErrorEnabled")
                || given != null
                        && given[0] instanceof InternalLogLevel level
                        && level.compareTo(InternalLogLevel.WARN) >= 0;
        if (method.getReturnType() == boolean.class) {
            return printed;
        }
        if (printed) {
            System.err.println("tftp: " + name + ": " + Arrays.deepToString(given));
        }
        return method.getReturnType() == String.class ? name : null;
    }
}
