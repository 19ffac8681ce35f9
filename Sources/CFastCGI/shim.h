/* libfcgi's application interface. `fcgi_stdio.h` is never included: it redefines stdio. */
#pragma once
#include <fcgiapp.h>
