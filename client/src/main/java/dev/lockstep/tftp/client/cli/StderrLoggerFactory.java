package dev.lockstep.tftp.client.cli;

import io.netty.util.internal.logging.InternalLogLevel;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Arrays;

/**
 * What Netty warns of, on standard error. A logging library would say the same, but {@code java.util.logging} takes
 * longer to load than a small file takes to come.
 */
final class StderrLoggerFactory extends InternalLoggerFactory {
    private StderrLoggerFactory() {}

    /** For all loggers that are made from now on. */
    static void toStandardError() {
        InternalLoggerFactory.setDefaultFactory(new StderrLoggerFactory());
    }

    @Override
    protected InternalLogger newInstance(String name) {
        Class<?>[] type = {InternalLogger.class};
        return (InternalLogger) Proxy.newProxyInstance(
                InternalLogger.class.getClassLoader(), type, (proxy, method, given) -> answer(name, method, given));
    }

    private static Object answer(String name, Method method, Object[] given) {
        String called = method.getName();
        boolean loud = called.startsWith("warn")
                || called.startsWith("error")
                || called.equals("isWarnEnabled")
                || called.equals("isErrorEnabled")
                || given != null
                        && given[0] instanceof InternalLogLevel level
                        && level.compareTo(InternalLogLevel.WARN) >= 0;
        if (method.getReturnType() == boolean.class) {
            return loud;
        }
        if (loud) {
            System.err.println("tftp: " + name + ": " + Arrays.deepToString(given));
        }
        return method.getReturnType() == String.class ? name : null;
    }
}
