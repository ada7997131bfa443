//! Which route of the HTTP API a request takes.
//!
//! Source: <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html>

use super::super::template::Route;

/// The routes in the order they are tried.
pub(crate) struct Routes(Vec<Parsed>);

struct Parsed {
    key: String,
    function: String,
    /// `None` for `ANY` and `$default`.
    method: Option<String>,
    path: Vec<Part>,
    is_default: bool,
}

#[derive(PartialEq)]
enum Part {
    Literal(String),
    Name(String),
    Rest(String),
}

/// A route that was found.
pub(crate) struct Found<'a> {
    pub(crate) key: &'a str,
    pub(crate) function: &'a str,
    /// The variables of the path, still encoded.
    pub(crate) parameters: Vec<(&'a str, String)>,
}

impl Routes {
    /// Sorts as API Gateway does: full matches before greedy ones before `$default`, a named method
    /// before `ANY`.
    pub(crate) fn new(routes: &[Route]) -> Self {
        let mut parsed: Vec<_> = routes.iter().map(Parsed::new).collect();
        parsed.sort_by_key(|route| {
            let greedy = route.path.iter().any(|part| matches!(part, Part::Rest(_)));
            let variables = route.path.iter().filter(|part| !matches!(part, Part::Literal(_))).count();
            (route.is_default, greedy, std::cmp::Reverse(route.path.len()), variables, route.method.is_none())
        });
        Self(parsed)
    }

    /// The first route that fits, with the path's variables.
    pub(crate) fn find(&self, method: &str, path: &str) -> Option<Found<'_>> {
        let fits = |route: &&Parsed| route.method.as_deref().is_none_or(|wanted| wanted == method);
        self.0.iter().filter(fits).find_map(|route| {
            let parameters = route.parameters(path)?;
            Some(Found { key: &route.key, function: &route.function, parameters })
        })
    }
}

impl Parsed {
    fn new(route: &Route) -> Self {
        let is_default = route.key == "$default";
        let (method, path) = route.key.split_once(' ').unwrap_or(("ANY", ""));
        let part = |text: &str| match text.strip_prefix('{').and_then(|text| text.strip_suffix('}')) {
            None => Part::Literal(text.to_owned()),
            Some(name) => match name.strip_suffix('+') {
                None => Part::Name(name.to_owned()),
                Some(name) => Part::Rest(name.to_owned()),
            },
        };
        Self {
            key: route.key.clone(),
            function: route.function.clone(),
            method: (method != "ANY").then(|| method.to_owned()),
            path: path.trim_start_matches('/').split('/').map(part).collect(),
            is_default,
        }
    }

    fn parameters(&self, path: &str) -> Option<Vec<(&str, String)>> {
        if self.is_default {
            return Some(Vec::new());
        }
        let mut found = Vec::new();
        let mut rest = Some(path.strip_prefix('/')?);
        for part in &self.path {
            let text = rest?;
            if let Part::Rest(name) = part {
                found.push((name.as_str(), text.to_owned()));
                return (!text.is_empty()).then_some(found);
            }
            let (segment, behind) = match text.split_once('/') {
                Some((segment, behind)) => (segment, Some(behind)),
                None => (text, None),
            };
            match part {
                Part::Literal(literal) if literal == segment => {}
                Part::Name(name) if !segment.is_empty() => found.push((name.as_str(), segment.to_owned())),
                Part::Literal(_) | Part::Name(_) | Part::Rest(_) => return None,
            }
            rest = behind;
        }
        rest.is_none().then_some(found)
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::template::Route;
    use super::Routes;

    #[test]
    fn the_most_specific_route_wins() {
        let keys = [
            "$default",
            "ANY /hook/{proxy+}",
            "GET /hook/{proxy+}",
            "GET /desk/{id}",
            "GET /desk/new",
            "GET /",
        ];
        let routes: Vec<_> =
            keys.iter().map(|key| Route { key: (*key).to_owned(), function: "F".to_owned() }).collect();
        let (all, without_default) = (Routes::new(&routes), Routes::new(&routes[1..]));
        // method, path, route, variables
        let table = [
            ("GET", "/hook/a/b", Some("GET /hook/{proxy+}"), "proxy=a/b"),
            ("POST", "/hook/a", Some("ANY /hook/{proxy+}"), "proxy=a"),
            ("POST", "/hook/", None, ""),
            ("POST", "/hook", None, ""),
            ("GET", "/desk/new", Some("GET /desk/new"), ""),
            ("GET", "/desk/7%20", Some("GET /desk/{id}"), "id=7%20"),
            ("GET", "/desk/7/8", None, ""),
            ("POST", "/desk/7", None, ""),
            ("GET", "/", Some("GET /"), ""),
        ];
        for (method, path, key, variables) in table {
            let found = without_default.find(method, path);
            assert_eq!(found.as_ref().map(|found| found.key), key, "{method} {path}");
            let found = found.map(|found| found.parameters).unwrap_or_default();
            let found: Vec<_> = found.iter().map(|(name, value)| format!("{name}={value}")).collect();
            assert_eq!(found.join(" "), variables, "{method} {path}");
            assert_eq!(all.find(method, path).unwrap().key, key.unwrap_or("$default"), "{method} {path}");
        }
    }
}
